import { type Fault, type Simulator, startSimulator } from "@forewarn/imds-simulator";
import { expect, test } from "vitest";
import { configured, fileSink } from "./configuration.ts";
import { eventually } from "./eventually.ts";
import { type Forewarn, forewarn, type Place, temporaryPlace } from "./forewarn.ts";
import { eventsIn, logOf, phasesOf, typesOf } from "./lines.ts";

const asksForEvents = (path: string) => path.startsWith("/metadata/scheduledevents");

/** Answers of IMDS that are no good, and the code under which the log has them. */
const faults: readonly (readonly [name: string, fault: Fault, code: string])[] = [
  // First, since it takes longest.
  ["silence", "hang", "timeout"],
  ["500", { status: 500, body: { error: "Internal error" } }, "server-error"],
  ["429", { status: 429, body: { error: "Too many requests" } }, "throttled"],
  ["410", { status: 410 }, "gone"],
  ["404", { status: 404, body: { error: "Not found" } }, "not-found"],
  ["an empty 200", { status: 200, body: "" }, "not-json"],
  ["text instead of JSON", { status: 200, body: "Service is being updated" }, "not-json"],
  [
    "a proxy's HTML",
    { status: 200, headers: { "Content-Type": "text/html" }, body: "<html>Log in</html>" },
    "not-json",
  ],
  ["JSON of another service", { status: 200, body: {} }, "wrong-shape"],
  ["302", { status: 302, headers: { Location: "http://127.0.0.1:9/login" } }, "redirected"],
  ["half a body", "half-body", "connection-lost"],
  ["a reset", "reset", "connection-lost"],
];

/** Serves a fault to the next `length` questions for events, and changes something after the first. */
async function streak(
  simulator: Simulator,
  agent: Forewarn,
  fault: Fault,
  length: number,
  change: () => void,
): Promise<void> {
  const recovered = () =>
    logOf(agent).filter(({ message }) => message.startsWith("IMDS answers again")).length;
  const before = recovered();
  let served = 0;
  const stop = simulator.respondWith(({ path }) =>
    asksForEvents(path) && served < length && ++served > 0 ? fault : undefined,
  );
  await eventually(() => served > 0, agent.stderr);
  change();
  await eventually(() => recovered() > before, agent.stderr);
  stop();
  expect(served).toBe(length);
}

async function started(place: Place, simulator: Simulator, asking: object = {}): Promise<Forewarn> {
  const agent = forewarn([
    "run",
    "-c",
    configured(place, {
      imds: simulator.url,
      asking: { unreachableAfter: "1h", ...asking },
      sinks: { audit: fileSink(place) },
    }),
  ]);
  await agent.says("IMDS answers");
  return agent;
}

test.concurrent.each(faults)(
  "%s, whatever happens meanwhile: no false end, nothing twice, nothing missed",
  async (_, fault, code) => {
    using place = temporaryPlace();
    await using simulator = await startSimulator();
    await using agent = await started(place, simulator, fault === "hang" ? { requestTimeout: "1s" } : {});
    const { EventId: first } = simulator.schedule({ EventType: "Reboot" });
    const seen = (id: string, phase: string) =>
      eventually(() => phasesOf(eventsIn(place), id).includes(phase), agent.stderr);
    await seen(first, "scheduled");

    let second = "";
    // A reset of a kept connection is asked again at once, so that the first two are one failed poll.
    const length = fault === "reset" ? 3 : 2;
    await streak(
      simulator,
      agent,
      fault,
      length,
      () => ({ EventId: second } = simulator.schedule({ EventType: "Freeze" })),
    );
    await seen(second, "scheduled");
    await streak(simulator, agent, fault, length, () => simulator.start(first));
    await seen(first, "started");
    await streak(simulator, agent, fault, length, () => simulator.remove(first));
    await seen(first, "completed");
    await streak(simulator, agent, fault, length, () => simulator.remove(second));
    await seen(second, "canceled");
    expect(await agent.end()).toBe(0);

    expect(phasesOf(eventsIn(place), first)).toEqual(["scheduled", "started", "completed"]);
    expect(phasesOf(eventsIn(place), second)).toEqual(["scheduled", "canceled"]);
    expect(eventsIn(place)).toHaveLength(7);
    const told = logOf(agent).filter(
      ({ level, message }) => level !== "info" || message.startsWith("IMDS answers again"),
    );
    expect(
      told.map(({ level, code, message }) =>
        level === "info" ? message.replace(/ in .*/, "") : `${level} ${code as string}`,
      ),
    ).toEqual(
      Array.from({ length: 4 }, () => [
        `warn ${code}`,
        expect.stringMatching(/^IMDS answers again after [23] failed polls$/),
      ]).flat(),
    );
    expect(told[0]?.message).toContain(
      `GET ${simulator.url}/metadata/scheduledevents?api-version=2020-07-01`,
    );
  },
);

test.concurrent(
  "raw control characters in a Description: the event is read, forwarded, and valid JSON on one line",
  async () => {
    using place = temporaryPlace();
    await using simulator = await startSimulator();
    simulator.respondWith(({ path }) =>
      asksForEvents(path)
        ? {
            status: 200,
            body: JSON.stringify(simulator.document()).replaceAll("@", "\u0001 two\nlines\tand \u001b[31m"),
          }
        : undefined,
    );
    await using agent = await started(place, simulator);
    const { EventId } = simulator.schedule({ EventType: "Freeze", Description: "one@" });
    await eventually(() => phasesOf(eventsIn(place), EventId).length > 0, agent.stderr);
    simulator.start(EventId);
    await eventually(() => phasesOf(eventsIn(place), EventId).length > 1, agent.stderr);
    simulator.remove(EventId);
    await eventually(() => phasesOf(eventsIn(place), EventId).length > 2, agent.stderr);
    expect(await agent.end()).toBe(0);
    expect(phasesOf(eventsIn(place), EventId)).toEqual(["scheduled", "started", "completed"]);
    expect(eventsIn(place)[1]).toMatchObject({
      data: { description: "one\u0001 two\nlines\tand \u001b[31m" },
    });
    expect(logOf(agent).filter(({ message }) => message.startsWith("IMDS answers again"))).toEqual([]);
  },
);

test.concurrent(
  "the instance document does not come: events are forwarded all the same, without a name",
  async () => {
    using place = temporaryPlace();
    await using simulator = await startSimulator();
    const stop = simulator.respondWith(({ path }) => (asksForEvents(path) ? undefined : { status: 404 }));
    await using agent = await started(place, simulator);
    const { EventId } = simulator.schedule({ EventType: "Reboot" });
    await eventually(() => phasesOf(eventsIn(place), EventId).length > 0, agent.stderr);
    stop();
    const event = eventsIn(place).find(({ subject }) => subject === EventId.toLowerCase());
    expect(event).toMatchObject({
      source: expect.stringMatching(/^urn:forewarn:agent:/) as string,
      data: { vm: { name: null } },
    });
    expect(event).not.toHaveProperty("affectsself");
    expect(await agent.end()).toBe(0);
  },
);

test.concurrent(
  "a document that lists its events in another order, or its fields in other case, changes nothing",
  async () => {
    using place = temporaryPlace();
    await using simulator = await startSimulator();
    await using agent = await started(place, simulator);
    const ids = ["Reboot", "Freeze"].map((EventType) => simulator.schedule({ EventType }).EventId);
    for (const id of ids) await eventually(() => phasesOf(eventsIn(place), id).length > 0, agent.stderr);
    let served = 0;
    simulator.respondWith(({ path }) => {
      if (!asksForEvents(path)) return undefined;
      const { DocumentIncarnation, Events } = simulator.document();
      served++;
      const others = Events.toReversed().map((event) => ({ ...event, EventId: event.EventId.toLowerCase() }));
      return {
        status: 200,
        body: { Events: others, DocumentIncarnation: DocumentIncarnation + served, Unknown: 1 },
      };
    });
    await eventually(() => served >= 4, agent.stderr);
    expect(await agent.end()).toBe(0);
    expect(typesOf(eventsIn(place))).toEqual([
      "agent.started",
      "scheduledevent.scheduled",
      "scheduledevent.scheduled",
      "agent.stopped",
    ]);
  },
);
