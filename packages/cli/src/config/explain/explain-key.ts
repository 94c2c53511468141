import type { Draft } from "../document/draft.ts";
import { childOf, isWord, type Pointer, readable } from "../pointer.ts";
import type { PlacedFinding } from "../problems/problem.ts";
import type { Knowledge } from "../schema/knowledge.ts";
import type { SchemaError } from "../schema/schema-error.ts";
import { telltalesIn } from "../secrets/telltale.ts";
import { hintFor } from "./key-hint.ts";
import { sinkNameOf } from "./sink-name.ts";

interface Context {
  readonly draft: Draft;
  readonly knowledge: Knowledge;
}

/** What is wrong with keys: unknown ones, missing ones, no sinks, and names that are not allowed. */
export function keyFindings(errors: readonly SchemaError[], context: Context): readonly PlacedFinding[] {
  const unknown = errors
    .filter((error) => "additionalProperty" in error.params || "unevaluatedProperty" in error.params)
    .map((error) => unknownKey(error, context.knowledge));
  // A misplaced key is told once: not also as missing from where it belongs.
  const meant = new Set(unknown.map(({ hint }) => hint.meant));
  const others = errors.flatMap((error) => {
    if (error.keyword === "required") return missingKey(error, context, meant);
    if (error.keyword === "minProperties" && error.instancePath === "/sinks") return [noSinks("/sinks")];
    return error.keyword === "propertyNames" ? [badName(error)] : [];
  });
  return [...unknown.map(({ finding }) => finding), ...others];
}

function unknownKey(error: SchemaError, knowledge: Knowledge) {
  const key = String(error.params["additionalProperty"] ?? error.params["unevaluatedProperty"]);
  const hint = hintFor(error.instancePath, key, knowledge);
  const owner = error.instancePath === "" ? "the configuration" : readable(error.instancePath);
  const finding: PlacedFinding = {
    code: "CONFIG_UNKNOWN_KEY",
    path: childOf(error.instancePath, key),
    at: "key",
    message: `${isWord(key) ? `"${key}"` : "this"} is not a key of ${owner}`,
    suggestion: hint.suggestion,
  };
  return { finding, hint };
}

function missingKey(
  error: SchemaError,
  { knowledge }: Context,
  meant: ReadonlySet<Pointer | undefined>,
): readonly PlacedFinding[] {
  const key = String(error.params["missingProperty"]);
  const path = childOf(error.instancePath, key);
  if (meant.has(path)) return [];
  if (path === "/sinks") return [noSinks(path)];
  const description = knowledge
    .schemasAt(path)
    .find((schema) => schema.description !== undefined)?.description;
  return [
    {
      code: "CONFIG_MISSING_KEY",
      path,
      at: "key",
      message: `${readable(error.instancePath)} needs ${JSON.stringify(key)}`,
      suggestion: description === undefined ? `add ${key}` : `${key}: ${description.replace(/\.$/, "")}`,
    },
  ];
}

function noSinks(path: Pointer): PlacedFinding {
  return {
    code: "CONFIG_NO_SINKS",
    path,
    at: "key",
    message: "no sink is configured, so no event would go anywhere",
    suggestion: "add one, for example: sinks: { audit: { type: file, options: { path: events.ndjson } } }",
  };
}

function badName(error: SchemaError): PlacedFinding {
  const name = String(error.params["propertyName"]);
  const path = childOf(error.instancePath, name);
  if (error.instancePath !== "/sinks") {
    return {
      code: "CONFIG_BAD_VALUE",
      path,
      at: "key",
      message: `${isWord(name) ? `"${name}"` : "this"} may not be a key of ${readable(error.instancePath)}`,
    };
  }
  const isShown = /^[\w$. -]{1,63}$/.test(name) && telltalesIn(name).length === 0;
  // What may not be shown may not come back in another spelling.
  const better = isShown ? sinkNameOf(name) : "";
  return {
    code: "CONFIG_BAD_SINK_NAME",
    path,
    at: "key",
    message: `${isShown ? `"${name}"` : "this"} cannot be the name of a sink: a-z, 0-9 and -, at most 63 characters`,
    suggestion: better === "" ? "choose a name such as ops" : `write ${better}`,
  };
}
