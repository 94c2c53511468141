import { spawnSync } from "node:child_process";

/** A network namespace of its own that is gone afterwards; only loopback is up in it, with Azure's address of IMDS. */
export interface Namespace extends Disposable {
  /** What stands before a command so that it runs in there. */
  readonly prefix: readonly string[];
}

let count = 0;

/** Makes a namespace; throws with what `ip` says where it cannot. */
export function addNamespace(): Namespace {
  const name = `forewarn-e2e-${process.pid}-${count++}`;
  ip("netns", "add", name);
  try {
    ip("-n", name, "addr", "add", "169.254.169.254/32", "dev", "lo");
    ip("-n", name, "link", "set", "lo", "up");
  } catch (error) {
    ip("netns", "del", name);
    throw error;
  }
  return {
    prefix: ["ip", "netns", "exec", name],
    [Symbol.dispose]: () => ip("netns", "del", name),
  };
}

/** Why a test in a namespace cannot run here, or undefined where it can. */
export function whyNoNamespace(): string | undefined {
  if (process.platform !== "linux") return `${process.platform} has no network namespaces`;
  if (process.getuid?.() !== 0) return "not root";
  for (const [program, argument] of [
    ["ip", "-V"],
    ["curl", "--version"],
  ] as const) {
    if (spawnSync(program, [argument]).status !== 0) return `there is no ${program}`;
  }
  try {
    addNamespace()[Symbol.dispose]();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function ip(...args: readonly string[]): void {
  const { status, stderr, error } = spawnSync("ip", args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`ip ${args.join(" ")}: ${error?.message ?? stderr.trim()}`);
}
