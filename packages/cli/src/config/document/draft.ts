import { validateConfig } from "#config-validator";
import { childOf, isMap, type Pointer, valueAt, withValuesAt } from "../pointer.ts";
import { errorsOf, type SchemaError, settleUnions, type Validator } from "../schema/schema-error.ts";
import { type ConfigDocument, parseConfig } from "./document.ts";
import { type ReferenceSources, type Substitution, substitute } from "./substitute.ts";

/** A configuration file that was read, as far as it could be: what is right about it and what is wrong. */
export interface Draft {
  readonly document: ConfigDocument;
  /** The values after substitution, with defaults filled in; a `Config` where nothing is wrong. */
  readonly value: unknown;
  readonly substitutions: ReadonlyMap<Pointer, Substitution>;
  readonly errors: readonly SchemaError[];
  /** The names of the environment's variables, to suggest one. */
  readonly environment: readonly string[];
}

/** Reads the text of a configuration file; never throws. */
export async function readDraft(file: string, text: string, sources: ReferenceSources): Promise<Draft> {
  const document = parseConfig(file, text);
  if (!document.readable) {
    return { document, value: document.value, substitutions: new Map(), errors: [], environment: [] };
  }
  const { value, substitutions } = await substitute(document, sources);
  return {
    document,
    substitutions,
    environment: Object.keys(sources.env),
    ...validateFilled(validateConfig, withoutBlanks(value ?? {}), "", substitutions),
  };
}

/**
 * Validates the value that stands at `parent` and fills in its defaults. A string that came from references becomes
 * a number, `true` or `false` where the schema asks for one, because a reference has no other way to be one.
 */
export function validateFilled(
  validator: Validator,
  input: unknown,
  parent: Pointer,
  substitutions: ReadonlyMap<Pointer, Substitution>,
): { readonly value: unknown; readonly errors: readonly SchemaError[] } {
  const value = structuredClone(input);
  if (validator(value)) return { value, errors: [] };
  const errors = errorsOf(validator, parent);
  const read = new Map<Pointer, unknown>();
  for (const error of errors) {
    if (error.keyword !== "type" || !substitutions.has(error.instancePath)) continue;
    const pointer = error.instancePath.slice(parent.length);
    const scalar = scalarOf(valueAt(input, pointer), error.params["type"]);
    if (scalar !== undefined) read.set(pointer, scalar);
  }
  if (read.size > 0) return validateFilled(validator, withValuesAt(input, read), parent, substitutions);
  return { value, errors: settleUnions(errors).filter((error) => !isUnresolved(error, substitutions)) };
}

function scalarOf(text: unknown, types: unknown): number | boolean | undefined {
  if (typeof text !== "string") return undefined;
  const wanted: readonly unknown[] = Array.isArray(types) ? types : [types];
  const isNumber = /^-?(0|[1-9]\d*)(\.\d+)?$/.test(text);
  if (isNumber && (wanted.includes("number") || wanted.includes("integer"))) return Number(text);
  const isBoolean = text === "true" || text === "false";
  return isBoolean && wanted.includes("boolean") ? text === "true" : undefined;
}

/** What a failed reference would have become is unknown, so nothing is said of it. */
function isUnresolved(error: SchemaError, substitutions: ReadonlyMap<Pointer, Substitution>): boolean {
  return (substitutions.get(error.instancePath)?.failures.length ?? 0) > 0;
}

/**
 * A section or a sink's key without a value (its content commented out, most likely) is as if not written; a key that
 * nobody knows stays, so that a slip in its name is told.
 */
function withoutBlanks(value: unknown): unknown {
  if (!isMap(value)) return value;
  const unknown = unknownKeys(value);
  const top = withoutNulls(value, "", unknown);
  if (!isMap(top["sinks"])) return top;
  const sinks = Object.entries(top["sinks"]).map(([name, sink]) => [
    name,
    isMap(sink) ? withoutNulls(sink, childOf("/sinks", name), unknown) : sink,
  ]);
  return { ...top, sinks: Object.fromEntries(sinks) };
}

function unknownKeys(value: unknown): ReadonlySet<Pointer> {
  validateConfig(structuredClone(value));
  const errors = errorsOf(validateConfig, "").filter(({ keyword }) => keyword === "additionalProperties");
  return new Set(
    errors.map(({ instancePath, params }) => childOf(instancePath, String(params["additionalProperty"]))),
  );
}

function withoutNulls(
  map: Readonly<Record<string, unknown>>,
  parent: Pointer,
  kept: ReadonlySet<Pointer>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(map).filter(([key, value]) => value !== null || kept.has(childOf(parent, key))),
  );
}
