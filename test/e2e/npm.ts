import { execFile } from "node:child_process";
import { delimiter, dirname } from "node:path";

/** How an npm command ended. */
export interface NpmResult {
  /** The exit code, or the signal that ended it. */
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs npm as a person would in a new shell, with the Node of this repository, for at most 110 s. */
export function npm(
  directory: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<NpmResult> {
  const options = {
    cwd: directory,
    env: { ...inherited(), ...env },
    encoding: "utf8",
    timeout: 110_000,
  } as const;
  return new Promise((resolve) => {
    execFile("npm", args, options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : (error.code ?? error.signal ?? 1), stdout, stderr });
    });
  });
}

/** Nothing of the npm and vitest that run this test but where packages come from. */
function inherited(): NodeJS.ProcessEnv {
  const foreign = /^(npm_(?!config_(registry|cache|userconfig)$)|VITEST|NODE_(?!EXTRA_CA_CERTS$))/i;
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return {
    ...Object.fromEntries(kept),
    PATH: [dirname(process.execPath), process.env["PATH"]].join(delimiter),
    NO_COLOR: "1",
    npm_config_audit: "false",
    npm_config_fund: "false",
    npm_config_update_notifier: "false",
    npm_config_prefer_offline: "true",
    npm_config_fetch_retries: "1",
    npm_config_fetch_timeout: "20000",
  };
}

const network = /network|E(?:NOTFOUND|AI_AGAIN|CONNREFUSED|CONNRESET|TIMEDOUT|NETUNREACH|HOSTUNREACH)/;

/** Why the public registry cannot be reached, in npm's words; undefined where it answers, whatever it says. */
export async function whyNoRegistry(directory: string): Promise<string | undefined> {
  const { code, stderr } = await npm(directory, ["ping"]);
  const why = code === 0 ? undefined : stderr.split("\n").find((line) => network.test(line));
  return why === undefined ? undefined : `the npm registry cannot be reached: ${why}`;
}
