import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Simulator, startSimulator } from "@forewarn/imds-simulator";
import { describe, expect, test } from "vitest";
import { configured, fileSink } from "./configuration.ts";
import { eventually } from "./eventually.ts";
import { type Forewarn, forewarn, type Place, temporaryPlace } from "./forewarn.ts";
import { eventsIn, logOf, phasesOf, typesOf } from "./lines.ts";

const ownFunction = `
import { appendFileSync } from "node:fs";

interface Seen { readonly id: string; readonly type: string }
type Log = { info(message: string, fields: object): void };

export default async (event: Seen, context: { options: { out: string; token: string }; log: Log; name: string }): Promise<void> => {
  appendFileSync(context.options.out, event.type + " " + event.id + " by " + context.name + "\\n");
  context.log.info("took it", { id: event.id, token: context.options.token, error: new Error("no fault") });
};
`;

const ownDefinition = `
import { defineSink, RejectError, Secret, Type } from "@forewarn/sdk";
import { appendFileSync } from "node:fs";

export const lines = defineSink({
  type: "lines",
  summary: "Writes a line for each event.",
  options: Type.Object({ out: Type.String(), prefix: Type.String({ default: "> " }), token: Type.Optional(Secret()) }),
  batch: { maxEvents: 10, linger: "20ms" },
  open: (options, context) => ({
    async deliver(batch): Promise<void> {
      for (const { type, id } of batch.events) {
        if (type.endsWith(".started") && type.includes("agent")) throw new RejectError("I take no " + type);
        appendFileSync(options.out, options.prefix + type + " " + id + "\\n");
        context.log.info("took it with " + options.token);
      }
    },
  }),
});
`;

/** Runs an agent with this sink until a reboot's announcement is at the file sink too. */
async function announced(
  place: Place,
  simulator: Simulator,
  sink: Readonly<Record<string, unknown>>,
): Promise<Forewarn> {
  const sinks = { mine: sink, audit: fileSink(place) };
  const file = configured(place, { imds: simulator.url, sinks });
  const agent = forewarn(["run", "-c", file], { env: { TOKEN: "opensesame" } });
  // What is urgent would overtake the news that the agent has started.
  await eventually(() => eventsIn(place).length > 0, agent.stderr);
  const { EventId } = simulator.schedule({ EventType: "Reboot" });
  await eventually(() => phasesOf(eventsIn(place), EventId).length > 0, agent.stderr);
  return agent;
}

const lineCount = (path: string) => {
  try {
    return readFileSync(path, "utf8").trimEnd().split("\n").length;
  } catch {
    return 0;
  }
};

describe("a sink by path, outside of every package", () => {
  test.concurrent("one TypeScript function", async () => {
    using place = temporaryPlace();
    await using simulator = await startSimulator();
    place.file("my-sink.ts", ownFunction);
    const out = join(place.path, "mine.txt");
    await using agent = await announced(place, simulator, {
      type: "./my-sink.ts",
      options: { out, token: "${env:TOKEN}" },
    });
    await eventually(() => lineCount(out) >= 2, agent.stderr);
    expect(await agent.end()).toBe(0);
    const expected = eventsIn(place).map(({ type, id }) => `${type} ${id} by mine`);
    expect(readFileSync(out, "utf8").trimEnd().split("\n").toSorted()).toEqual(expected.toSorted());
    expect(typesOf(eventsIn(place))).toEqual(["agent.started", "scheduledevent.scheduled", "agent.stopped"]);
    const said = logOf(agent).filter(({ message }) => message === "took it");
    expect(said).toHaveLength(3);
    expect(said[0]).toMatchObject({ level: "info", error: "Error: no fault", token: "[redacted]" });
  });

  test.concurrent(
    "a definition that imports @forewarn/sdk, in TypeScript, with a default and a rejection",
    async () => {
      using place = temporaryPlace();
      await using simulator = await startSimulator();
      place.file("lines.ts", ownDefinition);
      const out = join(place.path, "mine.txt");
      await using agent = await announced(place, simulator, {
        type: "./lines.ts",
        options: { out, token: "${env:TOKEN}" },
      });
      await eventually(() => lineCount(out) >= 1, agent.stderr);
      expect(await agent.end()).toBe(0);
      const [started, ...rest] = eventsIn(place);
      expect(readFileSync(out, "utf8")).toBe(rest.map(({ type, id }) => `> ${type} ${id}\n`).join(""));
      expect(agent.stderr()).toContain("sink mine: delivered 2, left 0 on disk, dead 1");
      expect(agent.stderr()).toContain("took it with [redacted]");
      expect(agent.stderr()).not.toContain("opensesame");
      const dead = logOf(agent).find(({ level }) => level === "error");
      expect(dead?.message).toContain("I take no io.forewarn.agent.started");
      expect(dead?.["ids"]).toEqual([started?.id]);
    },
  );

  test.concurrent("its options are validated by its own declaration", async () => {
    using place = temporaryPlace();
    place.file("lines.ts", ownDefinition);
    const sinks = { mine: { type: "./lines.ts", options: { outt: "x" } } };
    await using agent = forewarn(["validate", "-c", configured(place, { sinks })]);
    expect(await agent.exited()).toBe(78);
    expect(agent.stderr()).toContain('did you mean "out"?');
  });

  test.concurrent.each([
    [
      "throws.ts",
      'throw new Error("no licence found");\nexport default async () => {};\n',
      /throws\.ts cannot be loaded: no licence found \(.*throws\.ts:1\)/,
    ],
    [
      "syntax.ts",
      "export default async () => {\n  const x = ;\n};\n",
      /syntax\.ts cannot be loaded: SyntaxError: /,
    ],
    [
      "enum.ts",
      "enum Kind { A }\nexport default async () => { void Kind.A; };\n",
      /enum\.ts uses TypeScript that Node cannot run/,
    ],
    ["empty.ts", "export const nothing = 1;\n", /empty\.ts exports no sink/],
    [
      "lacks.ts",
      'import "left-pad";\nexport default async () => {};\n',
      /lacks\.ts imports left-pad, which does not exist[\s\S]*help: npm install left-pad/,
    ],
  ] as const)("%s does not load: exit 78, the reason, no stack", async (name, text, reason) => {
    using place = temporaryPlace();
    place.file(name, text);
    const file = configured(place, { sinks: { mine: { type: `./${name}` } } });
    await using agent = forewarn(["run", "-c", file]);
    expect(await agent.exited()).toBe(78);
    expect(agent.stderr()).toMatch(reason);
    expect(agent.stderr()).toContain("\n1 problem in ");
    expect(agent.stderr()).not.toMatch(/\n\s+at .*:\d+:\d+/);
  });

  test.concurrent("that does not exist: did you mean the file beside it", async () => {
    using place = temporaryPlace();
    place.file("my-sink.mts", ownFunction);
    const file = configured(place, { sinks: { mine: { type: "./my-sink.ts" } } });
    await using agent = forewarn(["validate", "-c", file]);
    expect(await agent.exited()).toBe(78);
    expect(agent.stderr()).toContain(`there is no file ${join(place.path, "my-sink.ts")}`);
    expect(agent.stderr()).toContain("did you mean ./my-sink.mts?");
  });

  test.concurrent("a timer that it leaves behind holds up neither validate nor the end of run", async () => {
    using place = temporaryPlace();
    await using simulator = await startSimulator();
    place.file("leak.ts", "setInterval(() => {}, 1000);\nexport default async () => {};\n");
    await using agent = await announced(place, simulator, { type: "./leak.ts" });
    expect(await agent.end()).toBe(0);
    await using validated = forewarn(["validate", "-c", join(place.path, "forewarn.json")]);
    expect(await validated.exited()).toBe(0);
  });

  test.concurrent(
    "that fails now and then: retried, nothing lost or twice, said once with the count",
    async () => {
      using place = temporaryPlace();
      await using simulator = await startSimulator();
      place.file(
        "moody.mjs",
        `import { appendFileSync } from "node:fs";
let calls = 0;
export default async ({ id }, { options }) => {
  if (++calls <= 3) throw new TypeError("no mood today");
  appendFileSync(options.out, id + "\\n");
};
`,
      );
      const out = join(place.path, "mine.txt");
      await using agent = await announced(place, simulator, { type: "./moody.mjs", options: { out } });
      await eventually(() => lineCount(out) >= 2, agent.stderr);
      expect(await agent.end()).toBe(0);
      // What is urgent passes what waits to be tried again: order holds within a story.
      const arrived = readFileSync(out, "utf8").trimEnd().split("\n");
      expect(arrived.toSorted()).toEqual(
        eventsIn(place)
          .map(({ id }) => id)
          .toSorted(),
      );
      const told = logOf(agent).filter(({ message }) => /^sink mine(: no| takes)/.test(message));
      expect(told.map(({ level, message }) => `${level} ${message}`)).toEqual([
        expect.stringMatching(/^warn sink mine: no mood today; trying again in /),
        "info sink mine takes events again after 3 failed deliveries",
      ]);
    },
  );

  test.concurrent(
    "that throws where nobody can catch it does not end the agent for the others; its file is named",
    async () => {
      using place = temporaryPlace();
      await using simulator = await startSimulator();
      const { EventId } = simulator.schedule({ EventType: "Reboot" });
      place.file(
        "careless.ts",
        `export default async () => { setTimeout(() => { throw new Error("late"); }, 20); void Promise.reject(new Error("no await")); };\n`,
      );
      const sinks = { mine: { type: "./careless.ts" }, audit: fileSink(place) };
      await using agent = forewarn(["run", "-c", configured(place, { imds: simulator.url, sinks })]);
      await eventually(() => phasesOf(eventsIn(place), EventId).length > 0, agent.stderr);
      await agent.says("Error: no await");
      await agent.says("Error: late");
      simulator.remove(EventId);
      await eventually(() => phasesOf(eventsIn(place), EventId).length > 1, agent.stderr);
      expect(agent.stderr()).toContain(join(place.path, "careless.ts"));
      expect(await agent.end()).toBe(0);
      expect(phasesOf(eventsIn(place), EventId)).toEqual(["scheduled", "canceled"]);
    },
  );
});
