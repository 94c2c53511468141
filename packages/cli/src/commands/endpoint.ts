import { createImdsClient, type ImdsClient, isImdsError } from "@forewarn/imds";
import { type Given, type OptionHelp, UsageError } from "../command.ts";
import type { Io } from "../io.ts";

/** The option of every command that asks IMDS directly. */
export const endpointOption: Readonly<Record<string, OptionHelp>> = {
  endpoint: {
    type: "string",
    value: "URL",
    help: "Where IMDS is: FOREWARN_IMDS_ENDPOINT, else http://169.254.169.254.",
  },
};

/** Where IMDS was said to be: by `--endpoint`, else by the environment, else `otherwise`. */
export function endpointOf(
  options: Given["options"],
  io: Io,
  otherwise: string = "http://169.254.169.254",
): string {
  const given = options["endpoint"];
  return typeof given === "string" ? given : io.env["FOREWARN_IMDS_ENDPOINT"] || otherwise;
}

/** A client of the endpoint that was asked for; throws `UsageError` where that is none. */
export function clientOf(options: Given["options"], io: Io): ImdsClient {
  const given = options["endpoint"];
  try {
    return createImdsClient({ endpoint: endpointOf(options, io) });
  } catch (error) {
    if (!isImdsError(error)) throw error;
    throw new UsageError(
      `${given === undefined ? "FOREWARN_IMDS_ENDPOINT" : "--endpoint"}: ${error.message}`,
    );
  }
}
