import type { StateError } from "@forewarn/agent";
import type { Io } from "../io.ts";

/** Says on standard error what is wrong with the state directory, and its code, which `forewarn explain` knows. */
export function tellStateError(
  command: string,
  { message, code }: StateError,
  { stderr }: Pick<Io, "stderr">,
): void {
  stderr.write(`forewarn ${command}: ${message} [${code}]\n`);
}
