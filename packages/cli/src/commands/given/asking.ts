import { type ImdsClient, type ImdsError, isImdsError } from "@forewarn/imds";
import { oneLine } from "@forewarn/sdk";
import { type Given, UsageError } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import type { Io } from "../../io.ts";
import { clientOf, type Endpoint, endpointOf } from "./endpoint.ts";
import { saidBy } from "./said-by.ts";

/** Who asks IMDS, and what it can say to a person where that is refused. */
export interface Asking {
  /** As it is written after `forewarn`. */
  readonly command: string;
  readonly options: Given["options"];
  /** What to do about a refusal, where more is known than IMDS says. */
  readonly cure?: (error: ImdsError, client: ImdsClient) => string | undefined | Promise<string | undefined>;
}

/**
 * Does work with a client of the endpoint that was meant and returns its exit code, and ends the client. What goes wrong
 * at IMDS is told on stderr, with what IMDS said and a cure, and is exit code 1; throws `UsageError` for a wrong command line.
 */
export async function askImds(
  { command, options, cure }: Asking,
  io: Io,
  work: (client: ImdsClient, endpoint: Endpoint) => Promise<number>,
): Promise<number> {
  const endpoint = await endpointOf(options, io);
  const client = clientOf(endpoint);
  try {
    return await work(client, endpoint);
  } catch (error) {
    if (!isImdsError(error)) throw error;
    if (error.code === "invalid-argument") throw new UsageError(`forewarn ${command}: ${error.message}`);
    const help = (await cure?.(error, client)) ?? versionCure(error);
    const said = saidBy(error);
    io.stderr.write(
      [
        `forewarn ${command}: ${oneLine(error.message)}`,
        ...(said === undefined ? [] : [`  IMDS says: ${said}`]),
        ...(help === undefined ? [] : [`  help: ${oneLine(help)}`]),
        "",
      ].join("\n"),
    );
    return exitCode.failed;
  } finally {
    client.close();
  }
}

function versionCure({ newestVersions: [newest] = [] }: ImdsError): string | undefined {
  return newest === undefined
    ? undefined
    : `--api-version ${newest} is the newest here; forewarn imds versions lists all`;
}
