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

/** A client of the endpoint that was asked for; throws `UsageError` where that is none. */
export function clientOf(options: Given["options"], io: Io): ImdsClient {
  const given = options["endpoint"];
  const set = io.env["FOREWARN_IMDS_ENDPOINT"];
  const endpoint = typeof given === "string" ? given : set;
  try {
    return createImdsClient(endpoint === undefined || endpoint === "" ? {} : { endpoint });
  } catch (error) {
    if (!isImdsError(error)) throw error;
    throw new UsageError(
      `${given === undefined ? "FOREWARN_IMDS_ENDPOINT" : "--endpoint"}: ${error.message}`,
    );
  }
}
