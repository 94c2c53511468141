import type { ErrorObject } from "ajv";

import { didYouMean } from "../cli/did-you-mean.ts";
import { nameOf, quoted } from "./finding.ts";
import type { Finding, Path } from "./finding.ts";

/**
 * The pattern of a duration as a schema has it, by which its errors are told from those of other texts. Each unit has as
 * many digits as stay below 300 years, so that every NotBefore is a date.
 */
export const DURATION_PATTERN = String.raw`^(\d{1,12}(\.\d+)?ms|\d{1,9}(\.\d+)?s|\d{1,8}(\.\d+)?m|\d{1,6}(\.\d+)?h|\d{1,5}(\.\d+)?d)$`;

interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly type?: string | readonly string[];
  readonly anyOf?: readonly { readonly enum?: readonly unknown[] }[];
}

/** The errors of ajv (`verbose`, `allErrors`) in words; of a choice between shapes one sentence, from its description. */
export function explainErrors(errors: readonly ErrorObject[], whole: string): readonly Finding[] {
  const unions = errors.filter(({ keyword }) => keyword === "anyOf");
  const inside = (error: ErrorObject) =>
    unions.some((union) => error !== union && error.schemaPath.startsWith(`${union.schemaPath}/`));
  return errors.filter((error) => !inside(error)).map((error) => explain(error, whole));
}

function explain(error: ErrorObject, whole: string): Finding {
  const path = pathOf(error.instancePath);
  const name = nameOf(path, whole);
  const value = quoted(error.data);
  const params = error.params as Readonly<Record<string, unknown>>;
  const schema = error.parentSchema as Schema;
  const at = "value" as const;
  switch (error.keyword) {
    case "additionalProperties":
      return unknownKey(
        String(params["additionalProperty"]),
        path,
        name,
        Object.keys(schema.properties ?? {}),
      );
    case "required":
      return {
        code: "MISSING_KEY",
        path,
        at: "key",
        message: `${name} has no "${String(params["missingProperty"])}"`,
        cure: `add ${String(params["missingProperty"])}:`,
      };
    case "type":
      return { code: "WRONG_TYPE", path, at, message: `${name} must be ${words(schema)}, but is ${value}` };
    case "const":
    case "enum":
      return badChoice(name, path, params, error.data);
    case "anyOf":
      return {
        code: "WRONG_TYPE",
        path,
        at,
        message: `${name} must be ${schema.description}, but is ${value}`,
        ...nearOf(schema, error.data),
      };
    case "pattern":
      return params["pattern"] === DURATION_PATTERN
        ? {
            code: "BAD_DURATION",
            path,
            at,
            message: `${name} must be a duration with its unit, but is ${value}`,
            cure: "a number and ms, s, m, h or d, without a space, at most 99999d: 250ms, 15m, 5d",
          }
        : { code: "BAD_VALUE", path, at, message: `${name} must be ${schema.description}, but is ${value}` };
    default:
      return { code: "BAD_VALUE", path, at, message: `${name} ${error.message}, but is ${value}` };
  }
}

function unknownKey(key: string, path: Path, parent: string, known: readonly string[]): Finding {
  const near = didYouMean(key, known).trim();
  return {
    code: "UNKNOWN_KEY",
    path: [...path, key],
    at: "key",
    message: `"${key}" is not a key of ${parent}`,
    cure: near === "" ? `there are ${known.join(", ")}` : near,
  };
}

function badChoice(
  name: string,
  path: Path,
  params: Readonly<Record<string, unknown>>,
  data: unknown,
): Finding {
  const allowed = (params["allowedValues"] ?? [params["allowedValue"]]) as readonly unknown[];
  const near = typeof data === "string" ? didYouMean(data, allowed.map(String)).trim() : "";
  return {
    code: "BAD_CHOICE",
    path,
    at: "value",
    message: `${name} must be ${allowed.map(String).join(", ")}, but is ${quoted(data)}`,
    ...(near !== "" && { cure: near }),
  };
}

/** The name that may have been meant, where names are one of the choices. */
function nearOf({ anyOf = [] }: Schema, data: unknown): { readonly cure?: string } {
  const names = anyOf.flatMap((branch) => branch.enum ?? []).map(String);
  const near = typeof data === "string" ? didYouMean(data, names).trim() : "";
  return near === "" ? {} : { cure: near };
}

function words({ type, description }: Schema): string {
  const names: Readonly<Record<string, string>> = {
    object: "a map",
    array: "a list",
    string: "text",
    integer: "a whole number",
    number: "a number",
    boolean: "true or false",
  };
  return typeof type === "string" ? (names[type] ?? type) : (description ?? "something else");
}

function pathOf(pointer: string): Path {
  return pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"))
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
}
