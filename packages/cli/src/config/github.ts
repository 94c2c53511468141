import type { Notice } from "./problem.ts";

/**
 * Problems as workflow commands, by which GitHub Actions shows them beside the lines of the file, one on each line. File
 * names are relative to the directory that forewarn was started in, which should be the repository's.
 */
export function githubCommands(kind: "error" | "warning", notices: readonly Notice<string>[]): string {
  return notices.map((notice) => `${command(kind, notice)}\n`).join("");
}

function command(
  kind: string,
  { code, file, line, column = 1, length = 1, message, suggestion }: Notice<string>,
) {
  const place = line === undefined ? {} : { line, col: column, endColumn: column + length };
  const properties = Object.entries({ file, ...place, title: code }).map(
    ([name, value]) => `${name}=${property(String(value))}`,
  );
  const help = suggestion === undefined ? "" : `\nhelp: ${suggestion}`;
  return `::${kind} ${properties.join(",")}::${data(message + help)}`;
}

// As @actions/core escapes them.
function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
