import type { ErrorCode, YAMLError } from "yaml";
import type { Problem } from "../problems/problem.ts";
import type { Range } from "./range.ts";

/** An alias that cannot be followed. */
export interface Broken {
  readonly offset: number;
  readonly message: string;
  readonly suggestion: string;
}

interface YamlErrors {
  readonly file: string;
  readonly text: string;
  readonly errors: readonly YAMLError[];
  /** Where the values of the document stand, in its order. */
  readonly values: readonly Range[];
  readonly broken: readonly Broken[];
  positionOf(offset: number): { readonly line: number; readonly column: number };
}

// The library's own messages quote the source, and the source may be a secret.
const messages: Partial<Record<ErrorCode, readonly [message: string, suggestion?: string]>> = {
  BAD_ALIAS: [
    "this alias has no name or stands where none may stand",
    "put a text that begins with * in quotes",
  ],
  BAD_DQ_ESCAPE: ["unknown escape after \\", "write \\\\ for a backslash, or use single quotes"],
  BAD_INDENT: ["the indentation does not fit", "indent the keys of one map alike, with spaces"],
  BAD_SCALAR_START: ["a text may not begin with this character", "put the text in quotes"],
  BLOCK_AS_IMPLICIT_KEY: [
    "a map may not begin on the line of its key",
    "indent the keys of one map alike, and put a text that contains `: ` in quotes",
  ],
  BLOCK_IN_FLOW: ["a block may not stand inside { } or [ ]", "put a text that contains `: ` in quotes"],
  MISSING_CHAR: [
    "something is not closed, or a `:` or `,` is missing",
    "close the quote or bracket, or add it",
  ],
  MULTILINE_IMPLICIT_KEY: ["a key must stand on one line", "write `key: value`"],
  MULTIPLE_DOCS: [
    "the file holds more than one document",
    "remove the line `---` and what does not belong here",
  ],
  NON_STRING_KEY: ["a key must be a text", "put a text that begins with { or [ in quotes"],
  RESOURCE_EXHAUSTION: ["the file is nested too deep"],
  TAB_AS_INDENT: ["a tab may not indent", "indent with spaces"],
  TAG_RESOLVE_FAILED: ["this tag means nothing here", "remove it; a reference is written ${env:NAME}"],
  UNEXPECTED_TOKEN: [
    "this does not belong here",
    "indent the keys of one map alike, and put texts in quotes",
  ],
};

/** What YAML finds wrong, in words that quote nothing; whether what it read nevertheless is worth judging. */
export function yamlProblems(input: YamlErrors): {
  readonly problems: readonly Problem[];
  readonly readable: boolean;
} {
  const duplicates = input.errors.filter((error) => error.code === "DUPLICATE_KEY");
  const syntax = input.errors.filter((error) => error.code !== "DUPLICATE_KEY");
  const lost = syntax.findIndex((error) => error.code === "UNEXPECTED_TOKEN");
  // After the first token that fits nowhere the parser has lost its way: what it says from there on is noise.
  const believed = lost === -1 ? syntax : syntax.slice(0, lost + 1);
  const lines = new Set<number>();
  const problems = believed.flatMap((error) => {
    const opening = unclosed(error, input);
    const at = input.positionOf(opening ?? error.pos[0]);
    if (lines.has(at.line)) return [];
    lines.add(at.line);
    const [message, suggestion] =
      opening === undefined
        ? (messages[error.code] ?? [`not YAML (${error.code})`])
        : [`this ${input.text[opening] ?? ""} is not closed`, "close it"];
    const cure = cureFor(input.text, opening ?? error.pos[0]) ?? suggestion;
    return [problem("CONFIG_SYNTAX", at, message, cure)];
  });
  const broken = input.broken.map(({ offset, message, suggestion }) =>
    problem("CONFIG_SYNTAX", input.positionOf(offset), message, suggestion),
  );
  const twice = duplicates.map((error) => {
    const key = input.text.slice(error.pos[0]).match(/^[\w-]+|^"[^"]*"/)?.[0] ?? "the key";
    return problem(
      "CONFIG_DUPLICATE_KEY",
      input.positionOf(error.pos[0]),
      `${key} stands twice in this map`,
      "keep one of them",
      key.length,
    );
  });
  return { problems: [...problems, ...broken, ...twice], readable: problems.length + broken.length === 0 };

  function problem(
    code: Problem["code"],
    at: { readonly line: number; readonly column: number },
    message: string,
    suggestion: string | undefined,
    length = 1,
  ): Problem {
    return {
      code,
      path: "",
      file: input.file,
      ...at,
      length,
      message,
      ...(suggestion === undefined ? {} : { suggestion }),
    };
  }
}

const closers: Readonly<Record<string, string>> = { '"': '"', "'": "'", "{": "}", "[": "]" };

/** Where the quote or bracket stands that nothing closes: the parser only notices where the file ends. */
function unclosed(error: YAMLError, { text, values }: YamlErrors): number | undefined {
  const isQuote = error.message.startsWith("Missing closing");
  if (!isQuote && !/^Flow (map|seq)/.test(error.message)) return undefined;
  return values.findLast(({ start, end }) => {
    const opening = text[start] ?? "";
    if (start >= error.pos[0] || !(isQuote ? /["']/ : /[{[]/).test(opening)) return false;
    return end - start < 2 || text[end - 1] !== closers[opening];
  })?.start;
}

/** A reference inside { } or [ ] must be quoted: its own braces end it otherwise. */
function cureFor(text: string, offset: number): string | undefined {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const end = text.indexOf("\n", offset);
  const line = text.slice(start, end === -1 ? undefined : end);
  // Without the fallback of a reference, which may be a secret.
  const [, scheme, name] = /(?:^|[\s[{,])\$\{(env|file):([\w./]+)/.exec(line) ?? [];
  return scheme === undefined ? undefined : `put the reference in quotes: "\${${scheme}:${name}}"`;
}
