import type { ImdsError } from "@forewarn/imds";
import { cutText, oneLine } from "@forewarn/sdk";

const longest = 200;

/** What IMDS itself said of a refusal, on one line: `error_description` or `error` of its JSON (Azure docs: IMDS, "Errors and debugging"); undefined where it said nothing in that form. */
export function saidBy({ excerpt, status = 0 }: ImdsError): string | undefined {
  if (excerpt === undefined || status < 400) return undefined;
  // An excerpt may be cut in the middle of the JSON, so it is searched and not parsed.
  const [, text] = /"error_description"\s*:\s*"((?:[^"\\]|\\.)*)/.exec(excerpt) ??
    /"error"\s*:\s*"((?:[^"\\]|\\.)*)/.exec(excerpt) ?? [undefined, ""];
  const said = oneLine(text?.replaceAll(/\\(.)/g, "$1") ?? "");
  return said === "" ? undefined : cutText(said, longest);
}
