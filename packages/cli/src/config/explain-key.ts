import type { Draft } from "./draft.ts";
import type { Knowledge } from "./knowledge.ts";
import { childOf, parentOf, type Pointer, readable, segmentsOf } from "./pointer.ts";
import type { PlacedFinding } from "./problem.ts";
import type { SchemaError } from "./schema-error.ts";
import { sinkNameOf } from "./sink-name.ts";
import { isSameWord, nearest } from "./suggest.ts";

interface Context {
  readonly draft: Draft;
  readonly knowledge: Knowledge;
}

interface Hint {
  readonly suggestion: string;
  /** Where the unknown key was probably meant to stand. */
  readonly meant?: Pointer;
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
    message: `${JSON.stringify(key)} is not a key of ${owner}`,
    suggestion: hint.suggestion,
  };
  return { finding, hint };
}

function hintFor(parent: Pointer, key: string, knowledge: Knowledge): Hint {
  const own = knowledge.keysAt(parent);
  const beside = knowledge.keysAt(parentOf(parent));
  const same = (keys: readonly string[]) => keys.find((candidate) => isSameWord(candidate, key));
  const exact = same(own);
  if (exact !== undefined) return didYouMean(parent, exact);
  for (const child of own) {
    const inside = same(knowledge.keysAt(childOf(parent, child)));
    if (inside !== undefined) return inSection(childOf(parent, child), inside);
  }
  const above = parent === "" ? undefined : same(beside);
  if (above !== undefined) {
    return {
      suggestion: `${JSON.stringify(above)} belongs one level up, beside "${segmentsOf(parent).at(-1)}"`,
      meant: childOf(parentOf(parent), above),
    };
  }
  for (const sibling of parent === "" ? [] : beside) {
    const section = childOf(parentOf(parent), sibling);
    const aside = section === parent ? undefined : same(knowledge.keysAt(section));
    if (aside !== undefined) {
      const place = `inside "${sibling}", which stands beside "${segmentsOf(parent).at(-1)}"`;
      return { suggestion: `${JSON.stringify(aside)} belongs ${place}`, meant: childOf(section, aside) };
    }
  }
  const near = nearest(key, own);
  if (near !== undefined) return didYouMean(parent, near);
  for (const child of own) {
    const inside = nearest(key, knowledge.keysAt(childOf(parent, child)));
    if (inside !== undefined) return inSection(childOf(parent, child), inside);
  }
  for (const section of knowledge.keysAt("")) {
    const elsewhere = same(knowledge.keysAt(childOf("", section)));
    if (elsewhere !== undefined)
      return { suggestion: `${JSON.stringify(elsewhere)} belongs to "${section}", at the top of the file` };
  }
  return { suggestion: listOf(parent, own, knowledge) };
}

function didYouMean(parent: Pointer, key: string): Hint {
  return { suggestion: `did you mean ${JSON.stringify(key)}?`, meant: childOf(parent, key) };
}

function inSection(section: Pointer, key: string): Hint {
  const name = JSON.stringify(segmentsOf(section).at(-1));
  return {
    suggestion: `${JSON.stringify(key)} belongs one level down, inside ${name}`,
    meant: childOf(section, key),
  };
}

function listOf(parent: Pointer, own: readonly string[], knowledge: Knowledge): string {
  const keys = own.length === 0 ? "no keys are known here" : `known here: ${own.join(", ")}`;
  const isSink = segmentsOf(parent).length === 2 && parent.startsWith("/sinks/");
  const options = knowledge.keysAt(childOf(parent, "options"));
  if (!isSink) return keys;
  return options.length === 0
    ? `${keys}; what the sink itself understands goes inside "options"`
    : `${keys}; inside "options": ${options.join(", ")}`;
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
      message: `${JSON.stringify(name)} may not be a key of ${readable(error.instancePath)}`,
    };
  }
  const better = sinkNameOf(name);
  return {
    code: "CONFIG_BAD_SINK_NAME",
    path,
    at: "key",
    message: `${JSON.stringify(name)} cannot be the name of a sink: a-z, 0-9 and -, at most 63 characters`,
    suggestion: better === "" ? "choose a name such as ops" : `write ${better}`,
  };
}
