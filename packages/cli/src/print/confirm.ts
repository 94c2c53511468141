import { createInterface } from "node:readline/promises";
import type { Output } from "../io.ts";

/** Asks a person a question that only yes answers; null where nobody can be asked. */
export async function confirmed(
  question: string,
  { stderr }: { readonly stderr: Output },
): Promise<boolean | null> {
  if (!process.stdin.isTTY || stderr.isTTY !== true) return null;
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await prompt.question(`${question} [y/N] `)).trim());
  } catch {
    // The end of the input is no yes.
    return false;
  } finally {
    prompt.close();
  }
}
