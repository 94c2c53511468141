const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const FIRST_PRINTABLE = 0x20;

const escapeOf = (code: number): string => `\\u${code.toString(16).padStart(4, "0")}`;

const isJsonSpace = (code: number): boolean => code === 0x09 || code === 0x0a || code === 0x0d;

/** Escapes raw control characters inside string literals and blanks those between tokens; all else stays as it is. */
const repaired = (text: string): string => {
  const parts: string[] = [];
  let inString = false;
  let escaped = false;
  let copied = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < FIRST_PRINTABLE && (inString || !isJsonSpace(code))) {
      parts.push(text.slice(copied, at));
      // A backslash before a raw control character escapes nothing, so it has to become a character itself.
      if (escaped) parts.push("\\");
      parts.push(inString ? escapeOf(code) : " ");
      copied = at + 1;
      escaped = false;
    } else if (!inString) {
      inString = code === QUOTE;
    } else if (escaped) {
      escaped = false;
    } else if (code === BACKSLASH) {
      escaped = true;
    } else if (code === QUOTE) {
      inString = false;
    }
  }
  parts.push(text.slice(copied));
  return parts.join("");
};

/** Escapes in their order: two halves of one character, a half alone (the first group), any other. */
const escapes =
  /\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\[^]/g;

/** U+FFFD in place of halves of characters, which strict readers of JSON refuse: written as they are, or escaped. */
const wellFormed = (text: string): string => {
  const whole = text.toWellFormed();
  if (!/\\u[dD][89a-fA-F]/.test(whole)) return whole;
  return whole.replace(escapes, (written, half?: string) =>
    half === undefined ? written : String.raw`\ufffd`,
  );
};

const attempt = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

/**
 * The JSON value of `text`, or undefined if it is not JSON; a byte order mark and raw control characters (Azure has
 * sent newlines inside strings) do not count against it. Every string is well-formed: a lone surrogate is U+FFFD.
 */
export const parseTolerantJson = (text: string): unknown => {
  const body = wellFormed(text.startsWith("\uFEFF") ? text.slice(1) : text);
  return attempt(body) ?? attempt(repaired(body));
};

/** True for a JSON object: neither an array nor null. */
export const isJsonObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isContainer = (value: unknown): boolean => typeof value === "object" && value !== null;

/** True if arrays and objects stand in each other more than `most` deep; whoever walks through such a value by recursion runs out of stack. */
export const isDeeperThan = (value: unknown, most: number): boolean => {
  let level: readonly unknown[] = [value].filter(isContainer);
  for (let depth = 0; depth < most && level.length > 0; depth += 1) {
    level = level.flatMap((each) => Object.values(each as object).filter(isContainer));
  }
  return level.length > 0;
};

/** True if `text` begins like HTML or XML, which only a proxy or another host answers. */
export const looksLikeMarkup = (text: string): boolean => /^\uFEFF?\s*</.test(text);
