import { readText } from "../checked/read-text.ts";
import type { Recording } from "./recording.ts";

/** The recording of a file; rejects with a FileError that shows what is wrong in it. */
export async function readRecording(path: string): Promise<Recording> {
  const text = await readText(path, "RECORDING", "give the path of a file that forewarn imds record wrote");
  // Only here: who replays nothing needs neither the YAML parser nor the validator.
  const { parseRecording } = await import("./parse-recording.ts");
  return parseRecording(path, text);
}
