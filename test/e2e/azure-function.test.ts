import { app, InvocationContext } from "@azure/functions";
import { type Hub, startEventHubsEmulator } from "@forewarn/event-hubs-emulator";
import { startSimulator } from "@forewarn/imds-simulator";
import { defineSink, type ForewarnEvent, PartialDeliveryError, RejectError, Type } from "@forewarn/sdk";
import { slack } from "@forewarn/sink-slack";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createHandler } from "../../examples/azure-function/sink-handler.ts";
import { eventually } from "./eventually.ts";
import { temporaryPlace } from "./forewarn.ts";
import { startHttpRecorder } from "./http-recorder.ts";
import { startFleet } from "./streaming-fleet.ts";

/** What the trigger hands over. */
interface Call {
  readonly messages: readonly unknown[];
  readonly propertiesArray: readonly unknown[];
}

/** The messages of an Event Hub as `@azure/functions` gives them to a handler: its text parsed where it is JSON. */
function callOf(hub: Hub): Call {
  const events = hub.events();
  return {
    messages: events.map(({ body }) => JSON.parse(body.toString()) as unknown),
    propertiesArray: events.map(({ applicationProperties }) => applicationProperties),
  };
}

/** A reboot's announcement and its end, as the agents of two VMs stream them. */
async function streamed(mode: "binary" | "structured"): Promise<Call> {
  using place = temporaryPlace();
  await using emulator = await startEventHubsEmulator({ hubs: { "vm-events": { partitions: 1 } } });
  await using simulator = await startSimulator({ vms: [{ name: "web_0" }, { name: "web_1" }] });
  await using fleet = startFleet(place, simulator, { connectionString: emulator.connectionString, mode });
  const hub = emulator.hub("vm-events");
  const arrived = (count: number) =>
    eventually(
      () => hub.events().length === count,
      () => `${hub.events().length} events`,
    );
  const { EventId } = simulator.schedule({ EventType: "Reboot", Resources: ["web_0"] });
  await arrived(2);
  simulator.remove(EventId);
  await arrived(4);
  await fleet.stop();
  return callOf(hub);
}

let binary: Call;
let structured: Call;
beforeAll(async () => {
  [binary, structured] = await Promise.all([streamed("binary"), streamed("structured")]);
});

function invocation(call: Call, retryCount = 0) {
  const said: string[] = [];
  const context = new InvocationContext({
    functionName: "forewarn",
    triggerMetadata: { propertiesArray: call.propertiesArray },
    retryContext: { retryCount, maxRetryCount: -1 },
    logHandler: (level, ...args) => void said.push(`${level} ${JSON.stringify(args)}`),
  });
  return { context, said };
}

const recorder = await startHttpRecorder({ status: 200, body: "ok" });
afterAll(() => recorder[Symbol.asyncDispose]());
const slackHandler = () =>
  createHandler(
    slack,
    { url: `${recorder.url}/services/T/B/x` },
    { wants: ({ affectsself }) => affectsself !== false },
  );
let seen = 0;
/** What was posted since this was last asked. */
function posts(): readonly string[] {
  const fresh = recorder.requests.slice(seen).map(({ body }) => body);
  seen += fresh.length;
  return fresh;
}

describe.each(["binary", "structured"] as const)("events in the %s mode", (mode) => {
  test("reach the sink once, those of the neighbour left out; a retry posts nothing again", async () => {
    const call = mode === "binary" ? binary : structured;
    const handler = slackHandler();
    const first = invocation(call);
    await handler(call.messages, first.context);
    const told = posts();
    expect(told).toHaveLength(2);
    expect(told.join("\n")).toMatch(/SCHEDULED: Reboot of web_0[^]*(CANCELED|ENDED): Reboot of web_0/);
    expect(first.said).toEqual([]);
    await handler(call.messages, invocation(call, 1).context);
    expect(posts()).toEqual([]);
  });
});

test("where the destination fails the handler throws, and the trigger's retry delivers", async () => {
  const handler = slackHandler();
  recorder.answer({ status: 503 });
  await expect(handler(binary.messages, invocation(binary).context)).rejects.toThrow(/503/);
  recorder.answer({ status: 200, body: "ok" });
  posts();
  await handler(binary.messages, invocation(binary, 1).context);
  expect(posts().join("\n")).toContain("SCHEDULED: Reboot of web_0");
});

test("what is no event of Forewarn is passed over, and said", async () => {
  const call: Call = {
    messages: [{ temperature: 7 }, "text", ...structured.messages],
    propertiesArray: [],
  };
  const { context, said } = invocation(call);
  await slackHandler()(call.messages, context);
  expect(posts().join("\n")).toContain("SCHEDULED: Reboot of web_0");
  expect(said).toEqual([
    expect.stringMatching(/^warning .*message 0 is passed over: /),
    expect.stringMatching(/^warning .*message 1 is passed over: not valid JSON/),
  ]);
});

/** A sink that does with each batch what the next of these says. */
function sinkThat(...acts: readonly ((events: readonly ForewarnEvent[]) => void)[]) {
  const batches: (readonly string[])[] = [];
  const attempts: number[] = [];
  const definition = defineSink({
    type: "acting",
    summary: "Acts.",
    options: Type.Object({ size: Type.Integer({ default: 7 }) }),
    open: (options) => ({
      async deliver({ events, encoded, attempt }) {
        expect(encoded.map((text) => JSON.parse(text) as unknown)).toEqual(events);
        expect(options).toEqual({ size: 7 });
        batches.push(events.map(({ id, source }) => `${source.at(-1)} ${id.split(":")[1]}`));
        attempts.push(attempt);
        acts[batches.length - 1]?.(events);
      },
    }),
  });
  return { handler: createHandler(definition, {}), batches, attempts };
}

test("partial delivery: what was delivered is not delivered again, what was rejected is logged", async () => {
  const partial = () => {
    const rejected = [{ index: 2, reason: "too old" }];
    throw new PartialDeliveryError("two of four", { delivered: [0], rejected });
  };
  const { handler, batches, attempts } = sinkThat(partial);
  const first = invocation(binary);
  await expect(handler(binary.messages, first.context)).rejects.toThrow("two of four");
  expect(first.said).toEqual([expect.stringContaining("too old")]);
  await handler(binary.messages, invocation(binary, 1).context);
  const [all = [], rest] = batches;
  expect(rest).toEqual([all[1], all[3]]);
  expect(attempts).toEqual([1, 2]);
});

test("a rejected batch is halved until only the poison is left, and that is logged", async () => {
  const poison = (events: readonly ForewarnEvent[]) => {
    if (events.some(({ type }) => type.endsWith(".scheduled"))) throw new RejectError("cannot be told");
  };
  const { handler, batches } = sinkThat(...Array.from({ length: 9 }, () => poison));
  const { context, said } = invocation(binary);
  await handler(binary.messages, context);
  expect(said).toHaveLength(2);
  expect(said[0]).toContain("cannot be told");
  expect(batches[0]).toHaveLength(4);
  await handler(binary.messages, invocation(binary).context);
  expect(batches.filter((batch) => batch.length === 4)).toHaveLength(1);
});

test("options that the sink does not take are refused when the app starts", () => {
  expect(() => createHandler(slack, { url: "" })).toThrow(
    /the options of the sink slack are wrong: \/url must match/,
  );
});

test("the function registers its trigger, which retries for ever, and its handler delivers", async () => {
  process.env["SLACK_WEBHOOK_URL"] = `${recorder.url}/services/T/B/x`;
  const register = vi.spyOn(app, "eventHub").mockReturnValue(undefined);
  await import("../../examples/azure-function/function.ts");
  const [name, { handler, ...options }] = register.mock.calls[0] as Parameters<typeof app.eventHub>;
  expect([name, options]).toEqual([
    "forewarn",
    {
      connection: "EVENT_HUBS_CONNECTION_STRING",
      eventHubName: "vm-events",
      cardinality: "many",
      retry: expect.objectContaining({ maxRetryCount: -1 }) as unknown,
    },
  ]);
  await handler(binary.messages, invocation(binary).context);
  expect(posts()).toHaveLength(2);
});
