import { nearest } from "@forewarn/sdk";
import { placeOf } from "../document/document.ts";
import type { Draft } from "../document/draft.ts";
import { parentOf, type Pointer, readable, valueAt } from "../pointer.ts";
import { orList } from "../problems/or-list.ts";
import type { Finding, PlacedFinding } from "../problems/problem.ts";
import type { Knowledge } from "../schema/knowledge.ts";
import type { SchemaError } from "../schema/schema-error.ts";
import { hideCredentials } from "../secrets/credentials.ts";
import { isOneLine } from "../secrets/mask.ts";
import { branchWords, wordOf, wordsOf } from "./type-words.ts";
import { unitCure, unitOf } from "./unit-cure.ts";
import { about, badForm, countRule, limitOf } from "./value-rule.ts";

interface Context {
  readonly draft: Draft;
  readonly knowledge: Knowledge;
}

/** Told by `keyFindings`, or, as `if`, by the errors of its `then` or `else`. */
const ofKeys: ReadonlySet<string> = new Set([
  "additionalProperties",
  "unevaluatedProperties",
  "required",
  "propertyNames",
  "if",
]);

/** Which of several things to say of one value: the first of these. */
const ranks = ["type", "enum", "const", "anyOf", "oneOf", "minLength", "format", "pattern"];

/** What is wrong with values, one thing for each. */
export function valueFindings(errors: readonly SchemaError[], context: Context): readonly PlacedFinding[] {
  const ofValues = errors.filter(
    (error) =>
      !ofKeys.has(error.keyword) &&
      !error.schemaPath.includes("/propertyNames/") &&
      !(error.keyword === "minProperties" && error.instancePath === "/sinks"),
  );
  const byPath = Map.groupBy(ofValues, (error) => error.instancePath);
  return [...byPath].flatMap(([path, found]) => {
    const [first] = [...found].sort((a, b) => rankOf(a) - rankOf(b));
    return first === undefined ? [] : [{ ...findingOf(first, context), path, at: "value" as const }];
  });
}

function rankOf({ keyword }: SchemaError): number {
  const rank = ranks.indexOf(keyword);
  return rank === -1 ? ranks.length : rank;
}

function findingOf(error: SchemaError, context: Context): Finding {
  const path = error.instancePath;
  const value = isVisible(path, context) ? valueAt(context.draft.value, path) : undefined;
  const name = nameOf(path, context);
  const shown = shownValue(path, context, "another text");
  if (path === "/admin/listen" && (value === false || value === "off")) return listenOff(name, shown);
  const unit = unitOf(error.parentSchema);
  if (unit !== undefined && (error.keyword === "pattern" || error.keyword === "type")) {
    const suggestion = value === undefined || typeof value === "object" ? unit.rule : unitCure(unit, value);
    return { code: unit.code, message: `${name} must be ${unit.expected}, but is ${shown}`, suggestion };
  }
  switch (error.keyword) {
    case "type":
      return wrongType(name, wordsOf(error.params["type"]), shownValue(path, context, "text"), value);
    case "anyOf":
    case "oneOf":
      return wrongType(name, branchWords(error.parentSchema), shownValue(path, context, "text"), value);
    case "enum":
    case "const":
      return badChoice(name, error, shown, value);
    case "format":
    case "pattern":
      return badForm(name, error, shown);
    case "minimum":
    case "maximum":
    case "exclusiveMinimum":
    case "exclusiveMaximum":
    case "multipleOf":
      return { code: "CONFIG_OUT_OF_RANGE", ...limitOf(name, error, shown) };
    default:
      return {
        code: "CONFIG_BAD_VALUE",
        message: `${name} ${countRule(error)}`,
        ...about(error.parentSchema),
      };
  }
}

/** Who wants no admin server says so one level up. */
function listenOff(name: string, shown: string): Finding {
  return {
    code: "CONFIG_BAD_VALUE",
    message: `${name} must be an address and a port, but is ${shown}`,
    suggestion: "for no admin server write admin: off",
  };
}

/** A key without a value, where values are secrets, may be a secret that lost its key. */
function nameOf(path: Pointer, { draft, knowledge }: Context): string {
  const isEmpty = valueAt(draft.document.value, path) === null;
  const isLost = isEmpty && knowledge.isSecret(path) && draft.document.places.get(path)?.key !== undefined;
  return isLost ? `a key of ${readable(parentOf(path))}` : readable(path);
}

/**
 * A value as a message may have it: what was written, never what a reference stands for, and no secret; `hidden` is
 * said of a text that may not be seen.
 */
function shownValue(path: Pointer, { draft, knowledge }: Context, hidden: string): string {
  const substitution = draft.substitutions.get(path);
  if (substitution !== undefined) {
    const references = substitution.parts.flatMap((part) => {
      if (part.kind === "env") return [`\${env:${part.name}}`];
      return part.kind === "file" ? [`\${file:${part.path}}`] : [];
    });
    if (references.length > 0) return `what ${references.join(" and ")} stands for`;
  }
  const value = valueAt(draft.document.value, path);
  if (!isVisible(path, { draft, knowledge })) return typeof value === "string" ? hidden : wordOf(value);
  if (typeof value === "string") {
    const text = hideCredentials(value);
    return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
  }
  return typeof value === "number" || typeof value === "boolean" ? `${value}` : wordOf(value);
}

/** Whether a message may quote a value: what runs over several lines may have swallowed a secret. */
function isVisible(path: Pointer, { draft, knowledge }: Context): boolean {
  const { start, end } = placeOf(draft.document, path).value;
  return knowledge.isShown(path) && isOneLine(draft.document.text.slice(start, end));
}

/** `visible` is the value where it may be shown. */
function wrongType(name: string, wanted: readonly string[], shown: string, visible: unknown): Finding {
  return {
    code: "CONFIG_WRONG_TYPE",
    message: `${name} must be ${orList(wanted)}, but is ${shown}`,
    suggestion: typeCure(wanted, visible),
  };
}

function typeCure(wanted: readonly string[], value: unknown): string {
  const isScalar = typeof value === "number" || typeof value === "boolean";
  if (isScalar && wanted.includes("text")) return `put it in quotes: "${value}"`;
  if (value === null) return "write a value, or remove the key";
  if (typeof value === "string") {
    if (wanted.includes("true or false"))
      return /^(yes|on|true)$/i.test(value) ? "write true" : "write true or false";
    const isNumber = value.trim() !== "" && Number.isFinite(Number(value));
    if (isNumber && wanted.some((word) => word.endsWith("number"))) return "write it without quotes";
  }
  if (wanted.includes("text")) return "write a text, in quotes if it is a number";
  if (wanted.includes("a map")) return "write { key: value }, or one line for each key";
  return wanted.includes("a list") ? "write [a, b], or one line for each entry" : `write ${orList(wanted)}`;
}

function badChoice(name: string, error: SchemaError, shown: string, value: unknown): Finding {
  const allowed = error.params["allowedValues"] ?? [error.params["allowedValue"]];
  const choices = (Array.isArray(allowed) ? allowed : []).map(String);
  const near = typeof value === "string" ? nearest(value, choices) : undefined;
  // A choice of one stands beside something else, which its description names.
  const { suggestion = `write ${orList(choices)}` } = choices.length === 1 ? about(error.parentSchema) : {};
  return {
    code: "CONFIG_BAD_CHOICE",
    message: `${name} must be ${orList(choices)}, but is ${shown}`,
    suggestion: near === undefined ? suggestion : `did you mean ${near}?`,
  };
}
