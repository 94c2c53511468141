import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import type { SimulatorOptions } from "@forewarn/imds-simulator";
import { addNamespace } from "../e2e/namespace.ts";

/** What came of a program. */
export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A network namespace in which the simulator stands at 169.254.169.254:80, the only address that strangers know. */
export interface AtAzure extends AsyncDisposable {
  /** The event that the simulator has scheduled. */
  readonly eventId: string;
  run(program: string, ...args: readonly string[]): Promise<Ran>;
  /** A shell command, as one would type it. */
  sh(command: string): Promise<Ran>;
}

/** Node.js arguments for one of the programs beside this file, from source. */
export const programOf = (name: string): readonly string[] => [
  "--conditions=@forewarn/source",
  resolve(import.meta.dirname, "programs", name),
];

/** Runs a program to its end, at most 30 s. */
export async function run(
  [program = "", ...args]: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Ran> {
  const child = spawn(program, args, {
    env: { ...withoutProxies(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 30_000,
  });
  const [stdout, stderr, [status]] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
    once(child, "close"),
  ]);
  return { status: status as number | null, stdout, stderr };
}

/** Starts it; throws with what the simulator said where that does not start. */
export async function atAzure(options: SimulatorOptions = {}): Promise<AtAzure> {
  const namespace = addNamespace();
  const command = [
    ...namespace.prefix,
    process.execPath,
    ...programOf("simulator.ts"),
    JSON.stringify(options),
  ];
  const [program = "", ...args] = command;
  const server = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  const end = async () => {
    if (server.exitCode === null) {
      const ended = once(server, "exit");
      server.kill("SIGTERM");
      await ended;
    }
    namespace[Symbol.dispose]();
  };
  try {
    const eventId = await firstLine(server);
    return {
      eventId,
      run: (...parts) => run([...namespace.prefix, ...parts]),
      sh: (text) => run([...namespace.prefix, "sh", "-c", text]),
      [Symbol.asyncDispose]: end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

async function firstLine(server: ChildProcess): Promise<string> {
  let said = "";
  server.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
  for await (const chunk of server.stdout as AsyncIterable<Buffer>) return chunk.toString().trim();
  throw new Error(`the simulator did not start: ${said}`);
}

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

function withoutProxies(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/_proxy$|^AZURE_|^IDENTITY_|^MSI_/i.test(name),
  );
  return Object.fromEntries(kept);
}
