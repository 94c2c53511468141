import type { Given, OptionHelp } from "../command.ts";
import type { Io } from "../io.ts";

/** The option of every command that asks IMDS directly. */
export const endpointOption: Readonly<Record<string, OptionHelp>> = {
  endpoint: {
    type: "string",
    value: "URL",
    help: "Where IMDS is: FOREWARN_IMDS_ENDPOINT, else http://169.254.169.254.",
  },
};

/** The endpoint that was asked for. */
export function endpointOf(options: Given["options"], io: Io): string {
  const given = options["endpoint"];
  if (typeof given === "string") return given;
  return io.env["FOREWARN_IMDS_ENDPOINT"] ?? "http://169.254.169.254";
}
