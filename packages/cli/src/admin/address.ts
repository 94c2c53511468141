import type { AdminAddress } from "@forewarn/agent";
import { type Given, type OptionHelp, UsageError } from "../command.ts";
import { configOption, readPlace } from "../commands/given/configuration.ts";
import { renderProblems } from "../config/problems/render.ts";
import type { Io } from "../io.ts";

/** The options of every command that asks a running agent. */
export const adminOptions: Readonly<Record<string, OptionHelp>> = {
  ...configOption,
  admin: {
    type: "string",
    value: "URL",
    help: "Where the agent answers. Default: what the configuration says, else http://127.0.0.1:4690.",
  },
};

/** Where an agent can be asked, and where its state is. */
export interface AdminPlace {
  /** Without a slash at the end; null where the configuration turns it off. */
  readonly url: string | null;
  /** Null where `--admin` was given: then it may be any agent's. */
  readonly statePath: string | null;
  /** The names of the sinks; null where no configuration says them. */
  readonly sinks: readonly string[] | null;
  /** Whether a configuration says all this, so that an agent with another state is not the one that is meant. */
  readonly isConfigured: boolean;
  /** What led here, for messages: `--admin`, the file, or that there was none. */
  readonly from: string;
}

/** Where the agent is that was meant; null where the configuration is wrong, and every problem has been told. */
export async function placeOf(options: Given["options"], io: Io): Promise<AdminPlace | null> {
  const { admin: given } = options;
  if (typeof given === "string") {
    return { url: urlOf(given), statePath: null, sinks: null, isConfigured: false, from: "--admin" };
  }
  const place = await readPlace(options, io);
  if (!place.ok) {
    io.stderr.write(renderProblems(place.problems, place.excerpt));
    return null;
  }
  const { file, admin, statePath, sinks } = place;
  const from = file ?? "no configuration was found";
  // Who may not read the configuration of the whole machine may still ask its agent, wherever its state is.
  const isConfigured = file !== null;
  if (admin === false) return { url: null, statePath, sinks, isConfigured, from };
  if (admin.port === 0) {
    throw new UsageError(
      `admin.listen of ${from} is any free port: give --admin URL, which the agent's log has at its start`,
    );
  }
  return { url: urlOfAddress(admin), statePath, sinks, isConfigured, from };
}

/** Where who listens at an address can be asked from this machine. */
export function urlOfAddress({ host, port }: AdminAddress): string {
  return `http://${reachable(host)}:${port}`;
}

/** Who listens everywhere can be asked here. */
function reachable(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return host.includes(":") ? `[${host}]` : host;
}

function urlOf(text: string): string {
  const url = URL.parse(/^https?:\/\//.test(text) ? text : `http://${text}`);
  if (url === null || url.pathname !== "/" || url.search !== "") {
    throw new UsageError(`--admin takes a URL such as http://127.0.0.1:4690, got ${JSON.stringify(text)}`);
  }
  return url.origin;
}
