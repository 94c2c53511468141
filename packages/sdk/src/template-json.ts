import { MisconfiguredError } from "./errors.ts";
import { jsonOf, textOf } from "./template-filters.ts";
import { type CompiledHole, compileParts, type Template, type TemplateOptions } from "./template.ts";

/**
 * Compiles a template whose result is JSON text. A string is JSON with expressions in it: a value inside quotes is
 * escaped for them, and `json` writes a whole value outside of quotes. A map or list is JSON whose strings are
 * templates; one that is a single expression with `json` becomes that value itself, and keys are literal. Throws a
 * `TemplateError`, or a `MisconfiguredError` where the result would not be JSON.
 */
export function compileJsonTemplate(
  source: unknown,
  options: Pick<TemplateOptions, "option"> = {},
): Template {
  const { option = "template" } = options;
  if (typeof source === "string") return jsonText(source, option);
  const read = reader(source, option);
  return (event) => jsonOf(read(event));
}

type Read = (event: object) => unknown;

function reader(source: unknown, option: string): Read {
  if (typeof source === "string") return leaf(source, option);
  if (typeof source !== "object" || source === null) return () => source;
  if (Array.isArray(source)) {
    const items = source.map((item, index) => reader(item, `${option}[${index}]`));
    return (event) => items.map((read) => read(event));
  }
  const entries = Object.entries(source).map(
    ([key, value]) => [key, reader(value, `${option}.${key}`)] as const,
  );
  return (event) => Object.fromEntries(entries.map(([key, read]) => [key, read(event)]));
}

function leaf(source: string, option: string): Read {
  const parts = compileParts(source, option);
  const [only] = parts;
  if (parts.length === 1 && typeof only === "object" && only.json)
    return (event) => only.value(event) ?? null;
  return (event) => written(parts, event, (text) => text);
}

/** Texts are escaped, JSON never is. */
function written(parts: readonly (string | CompiledHole)[], event: object, escape: (text: string) => string) {
  return parts
    .map((part) => {
      if (typeof part === "string") return part;
      return part.json ? jsonOf(part.value(event)) : escape(textOf(part.value(event)));
    })
    .join("");
}

function jsonText(source: string, option: string): Template {
  const parts = compileParts(source, option);
  checkJson(parts, option);
  return (event) => written(parts, event, escapeJson);
}

/** A text as it stands between the quotes of a JSON string. */
function escapeJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/**
 * With a letter for each value and a quoted letter for each JSON value, it is JSON only where the former stand in
 * quotes and the latter do not: then it is JSON whatever the values are.
 */
function checkJson(parts: readonly (string | CompiledHole)[], option: string): void {
  const probe = parts.map((part) => (typeof part === "string" ? part : part.json ? '"x"' : "x")).join("");
  try {
    JSON.parse(probe);
  } catch {
    throw new MisconfiguredError(
      `option ${option}: is not JSON; write {{ … }} inside quotes and {{ … | json }} outside of them, as in {"text": "{{ data.eventType }}", "data": {{ data | json }}}, or give a map instead of a text`,
    );
  }
}
