import { createInterface } from "node:readline/promises";
import { runCreateSink } from "./run-create-sink.ts";

const { stdin, stdout, stderr, env } = process;
const packageName = env["npm_config_name"];

/** Undefined where the person ends the input instead. */
async function ask(question: string): Promise<string | undefined> {
  const lines = createInterface({ input: stdin, output: stdout });
  try {
    return await lines.question(question);
  } catch {
    return undefined;
  } finally {
    lines.close();
  }
}

process.exitCode = await runCreateSink(process.argv.slice(2), {
  cwd: process.cwd(),
  stdout,
  stderr,
  ...(packageName === undefined ? {} : { packageName }),
  ...(stdin.isTTY && stdout.isTTY ? { ask } : {}),
});
