import { join } from "node:path";
import { startSimulator } from "@forewarn/imds-simulator";
import { describe, expect, test } from "vitest";
import { configured } from "./configuration.ts";
import { forewarn, type Place, temporaryPlace } from "./forewarn.ts";

const wrong = `
sinks:
  stream: { type: event-hubs, options: { eventhub: vm-events, transport: websocket } }
  ops: { type: slack, options: { webhook: "https://hooks.slack.com/services/T0/B0/x", digestWindow: 30 } }
  hook: { type: webhook, options: { url: "example.com/hook", mode: batch } }
  audit: { type: file, options: { path: events.ndjson, rotateSize: 100, keep: 0 } }
  drain: { type: exec, options: { comand: [drain.sh], maxOutput: many } }
`;

/** Of each problem: the option as it is named, and the cure. */
const cures = [
  ['"eventhub" is not a key of sinks.stream.options', 'did you mean "eventHub"?'],
  ["sinks.stream.options.transport must be amqp or websockets", "did you mean websockets?"],
  ['sinks.ops.options needs "url"', "url: The incoming webhook: `https://hooks.slack.com/services/"],
  ['"webhook" is not a key of sinks.ops.options', "known here: url, "],
  ["sinks.ops.options.digestWindow must be a duration with its unit", "write 30s or 30ms"],
  ["sinks.hook.options.url must be a URL", "write it with its scheme"],
  ["sinks.hook.options.mode must be structured, binary or batched", "did you mean batched?"],
  ["sinks.audit.options.rotateSize must be a size with its unit", "write 100kB or 100B"],
  ["sinks.audit.options.keep must be at least 1", "write a number that is at least 1"],
  ['"comand" is not a key of sinks.drain.options', 'did you mean "command"?'],
  ["sinks.drain.options.maxOutput must be a size with its unit", "a number and B, kB, MB or GB"],
] as const;

const secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const connectionString = "Endpoint=sb://localhost;SharedAccessKeyName=send";

/** Options that are valid each; a configuration is refused for them (78), or the sink is paused at once (0). */
const judged: readonly {
  readonly name: string;
  readonly sink: (place: Place) => Readonly<{ type: string; options: Readonly<Record<string, unknown>> }>;
  readonly says: RegExp;
  readonly code: 0 | 78;
}[] = [
  {
    name: "half of an Event Hubs namespace's name",
    sink: () => ({ type: "event-hubs", options: { eventHub: "vm-events", namespace: "contoso" } }),
    says: /option namespace: must be the whole host name: .*contoso\.servicebus\.windows\.net/,
    code: 78,
  },
  {
    name: "a connection string without its key",
    sink: () => ({ type: "event-hubs", options: { eventHub: "vm-events", connectionString } }),
    says: /option connectionString: it lacks SharedAccessKey(?:; |\n[\s\S]*help: )copy it from the Azure portal/,
    code: 78,
  },
  {
    name: "the URL of a Slack workflow",
    sink: () => ({ type: "slack", options: { url: "https://hooks.slack.com/triggers/T0/1/x" } }),
    says: /option url: leads to a workflow, which takes no messages: make an incoming webhook/,
    code: 78,
  },
  {
    name: "a webhook's old secret without a new one",
    sink: () => ({ type: "webhook", options: { url: "http://127.0.0.1:9", previousSecret: secret } }),
    says: /option previousSecret: means nothing without the option secret/,
    code: 78,
  },
  {
    name: "a directory as the file",
    sink: ({ path }) => ({ type: "file", options: { path } }),
    says: /cannot write .* \(EISDIR\): the path is a directory: choose a file in it/,
    code: 0,
  },
  {
    name: "a command that does not exist",
    sink: ({ path }) => ({ type: "exec", options: { command: join(path, "no-such-program") } }),
    says: /command not found: .*no-such-program/,
    code: 0,
  },
];

describe("options that are wrong at the start", () => {
  test.concurrent.each(["validate", "run"])(
    "%s names each of the five sinks' options with its cure, and starts nothing",
    async (command) => {
      using place = temporaryPlace();
      place.file("forewarn.yaml", wrong);
      await using agent = forewarn([command], { cwd: place.path });
      expect([await agent.exited(), agent.stdout()]).toEqual([78, ""]);
      const problems = agent.stderr().trimEnd().split("\n\n");
      expect(problems.pop()).toBe(`${cures.length} problems in forewarn.yaml`);
      const found = problems.map((problem) => {
        const [, message, cure] = /error [A-Z_]+: ([^\n]*)\n[\s\S]*\n {2}help: ([^\n]*)$/.exec(problem) ?? [];
        return [message, cure];
      });
      expect(found).toEqual(
        cures.map(([message, cure]) => [
          expect.stringContaining(message) as string,
          expect.stringContaining(cure) as string,
        ]),
      );
      expect(agent.stderr()).not.toContain("hooks.slack.com/services/T0");
    },
  );

  test.concurrent.each(judged)(
    "$name, which only the sink can judge: said with the cure, exit $code",
    async ({ sink, says, code }) => {
      using place = temporaryPlace();
      await using simulator = await startSimulator();
      const file = configured(place, { imds: simulator.url, sinks: { mine: sink(place) } });
      await using agent = forewarn(["run", "-c", file]);
      await agent.says(says);
      if (code === 0) await agent.says("IMDS answers");
      expect(await (code === 0 ? agent.end() : agent.exited())).toBe(code);
      expect(agent.stderr().match(/\berror\b/g)).toHaveLength(1);
      const end = code === 0 ? /sink mine: delivered 0, left \d+ on disk, dead 0/ : /1 problem in/;
      expect(agent.stderr()).toMatch(end);
      expect(agent.stderr()).not.toContain(secret);
    },
  );
});
