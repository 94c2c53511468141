import type { AnySinkDefinition } from "@forewarn/sdk";
import { version } from "../../version.ts";
import { editorSchema, type Json } from "./editor-schema.ts";
import { ConfigSchema } from "./schema.ts";

/** A sink as a configuration names it. */
export interface NamedSink {
  /** What stands for it after `type:`. */
  readonly type: string;
  readonly definition: Pick<AnySinkDefinition, "summary" | "options">;
}

/**
 * The JSON Schema (draft-07) of a configuration file, for editors: what the agent understands, and, chosen by `type`,
 * what each of these sinks understands. A type that is none of them may have any options.
 */
export function composeSchema(sinks: readonly NamedSink[]): Json {
  const definitions: Record<string, Json> = {};
  const config = editorSchema(plain(ConfigSchema), definitions);
  const properties = config["properties"] as Readonly<Record<string, Json>>;
  const map = properties["sinks"] as Json;
  const [[names = "", sink = {}] = []] = Object.entries(map["patternProperties"] as Record<string, Json>);
  const chosen = sinks.map(({ type, definition }) =>
    choice(type, editorSchema(plain(definition.options), definitions, `${type} `)),
  );
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    $id: `urn:forewarn:configuration:${version}`,
    title: "Forewarn",
    ...config,
    properties: {
      ...mapOf(properties, nullable),
      sinks: { ...map, patternProperties: { [names]: { ...sinkOf(sink, sinks), allOf: chosen } } },
    },
    definitions,
  };
}

/** One sink, whose `type` is offered among those that there are. */
function sinkOf(sink: Json, sinks: readonly NamedSink[]): Json {
  const { type = {}, ...others } = sink["properties"] as Readonly<Record<string, Json>>;
  const offered = sinks.map((each) => ({ const: each.type, description: each.definition.summary }));
  const { description } = type;
  return {
    ...sink,
    properties: {
      type: { description, anyOf: [...offered, { type: "string", minLength: 1 }] },
      ...mapOf(others, nullable),
    },
  };
}

/** Where `type` is this one, `options` are these; they must be there if one of them must. */
function choice(type: string, options: Json): Json {
  const isNeeded = ((options["required"] ?? []) as readonly string[]).length > 0;
  return {
    if: { properties: { type: { const: type } }, required: ["type"] },
    // oxlint-disable-next-line unicorn/no-thenable
    then: {
      properties: { options: isNeeded ? options : nullable(options) },
      ...(isNeeded ? { required: ["options"] } : {}),
    },
  };
}

/** A key without a value is as if it was not written. */
function nullable(schema: Json): Json {
  const { description, default: fallback, ...rest } = schema;
  return {
    ...(description === undefined ? {} : { description }),
    ...(fallback === undefined ? {} : { default: fallback }),
    anyOf: [
      ...("anyOf" in rest && Object.keys(rest).length === 1 ? (rest["anyOf"] as Json[]) : [rest]),
      nothing,
    ],
  };
}

const nothing = { type: "null" };

function mapOf(schemas: Readonly<Record<string, Json>>, change: (schema: Json) => Json) {
  return Object.fromEntries(Object.entries(schemas).map(([key, schema]) => [key, change(schema)]));
}

/** Without what TypeBox hides in its schemas. */
function plain(schema: object): Json {
  return JSON.parse(JSON.stringify(schema)) as Json;
}
