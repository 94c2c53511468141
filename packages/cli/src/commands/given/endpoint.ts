import { createImdsClient, type ImdsClient, isImdsError } from "@forewarn/imds";
import { type Given, type OptionHelp, UsageError } from "../../command.ts";
import type { Io } from "../../io.ts";
import { readPlace } from "./configuration.ts";

const azure = "http://169.254.169.254";

/** The option of every command that asks IMDS directly. */
export const endpointOption: Readonly<Record<string, OptionHelp>> = {
  endpoint: {
    type: "string",
    value: "URL",
    help: "Where IMDS is: FOREWARN_IMDS_ENDPOINT, else the configuration's, else Azure's address.",
  },
};

/** Where IMDS is said to be. */
export interface Endpoint {
  readonly url: string;
  /** What said so, for messages: `--endpoint`. */
  readonly from: string;
}

/**
 * Where IMDS is: by `--endpoint`, the environment, the configuration that was given or stands in a default place, or
 * Azure. A configuration that cannot be read says nothing.
 */
export async function endpointOf(options: Given["options"], io: Io): Promise<Endpoint> {
  const { endpoint } = options;
  if (typeof endpoint === "string") return { url: endpoint, from: "--endpoint" };
  const set = io.env["FOREWARN_IMDS_ENDPOINT"];
  if (set !== undefined && set !== "") return { url: set, from: "FOREWARN_IMDS_ENDPOINT" };
  const place = await readPlace(options, io);
  return place.ok && place.endpoint !== undefined
    ? { url: place.endpoint, from: `imds.endpoint of ${place.file}` }
    : { url: azure, from: "Azure" };
}

/** A client of an endpoint; throws `UsageError` where it cannot be one. */
export function clientOf({ url, from }: Endpoint): ImdsClient {
  try {
    return createImdsClient({ endpoint: url });
  } catch (error) {
    if (!isImdsError(error)) throw error;
    throw new UsageError(`${from}: ${error.message}`);
  }
}
