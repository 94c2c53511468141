import { existsSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { type Command, type Given, UsageError } from "../command.ts";
import { userStatePath } from "../config/default-path.ts";
import { readConfig } from "../config/read.ts";
import { composeSchema } from "../config/schema/compose.ts";
import { hostOf } from "../config/source.ts";
import { exitCode } from "../exit-code.ts";
import { composeConfig } from "../init/compose-config.ts";
import { type Ask, type GivenAnswers, interview } from "../init/interview.ts";
import { eventChoices, sinkKinds } from "../init/sink-kind.ts";
import type { Io } from "../io.ts";
import { readCatalog } from "../sinks/catalog.ts";

const schemaName = "forewarn.schema.json";

/** Writes a first configuration. */
export const init: Command = {
  name: "init",
  summary: "Writes a configuration with comments, after three questions or from options.",
  options: {
    sink: {
      type: "string",
      value: "TYPE",
      help: `Where events go: ${sinkKinds.map(({ type }) => type).join(", ")}.`,
    },
    to: { type: "string", value: "WHERE", help: "Its destination; for slack a variable that holds the URL." },
    events: { type: "string", value: "WHICH", help: `${eventChoices.join(", ")}.` },
    output: {
      type: "string",
      short: "o",
      value: "FILE",
      help: "Where to write. Default forewarn.yaml; - is stdout.",
    },
    force: { type: "boolean", help: "Overwrite files that are there." },
  },
  examples: [
    ["forewarn init", "asks; writes forewarn.yaml and its schema"],
    ["forewarn init --sink slack --to SLACK_WEBHOOK_URL", "asks only which events"],
    ["forewarn init --sink event-hubs --to contoso.servicebus.windows.net/vm-events", "as the VM itself"],
    ["forewarn init --sink file --to events.ndjson -o -", "prints it"],
  ],
  async run({ options }, io) {
    const output = typeof options["output"] === "string" ? options["output"] : "forewarn.yaml";
    const file = output === "-" ? null : resolve(io.cwd, output);
    const force = options["force"] === true;
    if (file !== null && !force && existsSync(file)) return refuse(output, io);
    const asking = askingAt(io);
    try {
      const answers = await interview(givenOf(options), asking.ask, (why) => io.stderr.write(`  ${why}\n`));
      const text = composeConfig({ ...answers, ...statePathOf(io) });
      await prove(text, answers.written.variables, io);
      if (file === null) {
        io.stdout.write(text);
        return exitCode.ok;
      }
      const files = await write(file, text, force, io);
      tell({ output, files, sink: answers.kind.type, variables: answers.written.variables }, options, io);
      return exitCode.ok;
    } finally {
      asking.close();
    }
  },
};

function givenOf({ sink, to, events }: Given["options"]): GivenAnswers {
  return {
    ...(typeof sink === "string" ? { sink } : {}),
    ...(typeof to === "string" ? { to } : {}),
    ...(typeof events === "string" ? { events } : {}),
  };
}

/** The state directory of a user who cannot write the usual one. */
function statePathOf({ env, cwd }: Io): { readonly statePath?: string } {
  const host = hostOf({ env, cwd });
  return host.isRoot || host.platform === "win32" ? {} : { statePath: userStatePath(host) };
}

/** Reads the text as `forewarn run` would, its variables set; what is wrong with it can only be an answer. */
async function prove(
  text: string,
  variables: Readonly<Record<string, string>>,
  { env, cwd }: Io,
): Promise<void> {
  const read = await readConfig({ text, env: { ...env, ...variables }, cwd });
  if (read.ok) return;
  throw new UsageError(`forewarn init: --to: ${read.problems.map(({ message }) => message).join("; ")}`);
}

async function write(file: string, text: string, force: boolean, io: Io): Promise<readonly string[]> {
  const flag = force ? "w" : "wx";
  writeFileSync(file, text, { flag });
  const schema = join(dirname(file), schemaName);
  if (!force && existsSync(schema)) return [file];
  const catalog = await readCatalog(undefined, io);
  if ("problem" in catalog) return [file];
  writeFileSync(schema, `${JSON.stringify(composeSchema(catalog.sinks), null, 2)}\n`, { flag });
  return [file, schema];
}

function refuse(output: string, io: Io): number {
  io.stderr.write(
    `forewarn init: ${output} is there already: --force overwrites it, --output FILE writes another\n`,
  );
  return exitCode.failed;
}

function tell(
  {
    output,
    files,
    sink,
    variables,
  }: {
    readonly output: string;
    readonly files: readonly string[];
    readonly sink: string;
    readonly variables: Readonly<Record<string, string>>;
  },
  options: Given["options"],
  io: Io,
): void {
  const named = output === "forewarn.yaml" ? "" : ` -c ${output}`;
  const next = [
    ...Object.keys(variables).map((name) => `export ${name}=…`),
    `forewarn validate --probe${named}`,
    `forewarn test-sink ${sink}${named}`,
    `forewarn run${named}`,
  ];
  io.stdout.write(
    options["json"] === true
      ? `${JSON.stringify({ files, next })}\n`
      : `Written: ${files.join(", ")}\nNext:\n${next.map((line) => `  ${line}\n`).join("")}`,
  );
}

/** How a person at this terminal is asked; nobody where it is none. */
function askingAt({ stderr }: Io): { readonly ask: Ask; close(): void } {
  if (!process.stdin.isTTY || stderr.isTTY !== true) return { ask: null, close() {} };
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  // What is typed before a question is asked is its answer, too.
  const lines = prompt[Symbol.asyncIterator]();
  return {
    async ask(question, usual) {
      stderr.write(`${question}\n`);
      prompt.setPrompt(usual === undefined ? "> " : `[${usual}] > `);
      prompt.prompt();
      const line = await lines.next();
      if (line.done === true) throw new UsageError("forewarn init: not answered, so nothing was written");
      return line.value;
    },
    close: () => prompt.close(),
  };
}
