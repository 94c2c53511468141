import type { ErrorObject, ValidateFunction } from "ajv";
import { Type } from "typebox";
import { createAjv } from "./ajv.ts";
import { type CloudEvent, CloudEventError, checkEvent, decodeStructured } from "./cloudevents-json.ts";
import { attributes } from "./event.ts";
import { type EventDeclaration, type ForewarnEvent, eventDeclarations } from "./events.ts";
import { sdkVersion } from "./version.ts";

/** An event of Forewarn's that keeps its schema, or a CloudEvent of which this version knows nothing more. */
export type ParsedEvent =
  | { readonly known: true; readonly event: ForewarnEvent }
  | {
      readonly known: false;
      readonly event: CloudEvent;
      /** What this version does not know about it. */
      readonly why: string;
    };

/**
 * Checks a received event, its JSON text or what `decodeHttp`, `decodeAmqp` or `JSON.parse` made of it, against the
 * schema of its type, and types it. Throws a {@link CloudEventError} that says where it is wrong; shows no value of its
 * data. A type that this version does not declare passes as unknown, and so does an event of another version whose data
 * this version does not understand: a receiver that is older than its agents loses nothing.
 */
export function parseEvent(received: unknown): ParsedEvent {
  const event = typeof received === "string" ? decodeStructured(received) : checkEvent(received, "");
  const declaration = declarations.get(event.type);
  if (declaration === undefined) {
    return { known: false, event, why: `version ${sdkVersion} declares no type ${event.type}` };
  }
  const where = `${event.type} ${event.id}: `;
  const version = versionOf(event, declaration.schema, where);
  const validate = validatorOf(declaration);
  if (validate(event)) return { known: true, event: event as unknown as ForewarnEvent };
  const { path, must } = problemIn(validate.errors ?? []);
  if (version !== sdkVersion) {
    const why = `it is of version ${version}; for version ${sdkVersion}, ${path} ${must}`;
    return { known: false, event, why };
  }
  const [, attribute = "data"] = path.split("/");
  throw new CloudEventError(`${where}${path} ${must}`, { attribute });
}

const declarations: ReadonlyMap<string, EventDeclaration> = new Map(
  eventDeclarations.map((declaration) => [declaration.type, declaration]),
);

/** The version of the sdk whose schema an event names. */
function versionOf({ dataschema }: CloudEvent, schema: string, where: string): string {
  const [, version, name] = /\/@forewarn\/sdk@([^/]+)\/schemas\/([^/]+)\.json$/.exec(dataschema ?? "") ?? [];
  if (version !== undefined && name === schema) return version;
  const message = `${where}"dataschema" must be the URL of ${schema}.json in @forewarn/sdk`;
  throw new CloudEventError(message, { attribute: "dataschema" });
}

// The first error only: what was received may be large and wrong everywhere.
const ajv = createAjv({ allErrors: false, useDefaults: false, verbose: false, validateSchema: false });
const validators = new Map<string, ValidateFunction>();

/** Compiled when the first event of its type comes. */
function validatorOf({ type, data }: EventDeclaration): ValidateFunction {
  const known = validators.get(type);
  if (known !== undefined) return known;
  const validate = ajv.compile(Type.Object({ ...attributes, type: Type.Literal(type), data }));
  validators.set(type, validate);
  return validate;
}

interface Problem {
  /** JSON Pointer into the event. */
  readonly path: string;
  readonly must: string;
}

/** What ajv found, where nothing but the last error of a union says that it is one. */
function problemIn(errors: readonly ErrorObject[]): Problem {
  const { instancePath: path = "", keyword, message = "is wrong", params = {} } = errors.at(-1) ?? {};
  const { allowedValues, allowedValue } = params as Readonly<Record<string, unknown>>;
  if (keyword === "enum") return { path, must: `must be one of ${JSON.stringify(allowedValues)}` };
  if (keyword === "const") return { path, must: `must be ${JSON.stringify(allowedValue)}` };
  if (keyword !== "anyOf") return { path, must: message };
  const deeper = errors.find((error) => error.instancePath !== path);
  if (deeper !== undefined) return problemIn([deeper]);
  return { path, must: [...new Set(errors.slice(0, -1).map((error) => error.message))].join(" or ") };
}
