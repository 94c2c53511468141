import type { Notice } from "./problem.ts";

/**
 * Problems as workflow commands, by which GitHub Actions shows them beside the lines of the file, one on each line. File
 * names are relative to the directory that forewarn was started in, which should be the repository's.
 */
export function githubCommands(kind: "error" | "warning", notices: readonly Notice<string>[]): string {
  return notices
    .map(({ code, file, line, column = 1, length = 1, message, suggestion }) => {
      const place = line === undefined ? {} : { line, col: column, endColumn: column + length };
      return githubCommand(kind, { file, ...place, title: code }, [
        message,
        ...(suggestion === undefined ? [] : [`help: ${suggestion}`]),
      ]);
    })
    .join("");
}

/** One workflow command, with its properties and the lines of its message. */
export function githubCommand(
  kind: "error" | "warning",
  given: Readonly<Record<string, string | number>>,
  lines: readonly string[],
): string {
  const properties = Object.entries(given).map(([name, value]) => `${name}=${property(String(value))}`);
  return `::${kind} ${properties.join(",")}::${data(lines.join("\n"))}\n`;
}

// As @actions/core escapes them.
function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
