import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { startEventHubsEmulator } from "@forewarn/event-hubs-emulator";
import { startSimulator } from "@forewarn/imds-simulator";
import { type CloudEvent, decodeAmqp } from "@forewarn/sdk";
import { describe, expect, test } from "vitest";
import { eventually } from "./eventually.ts";
import { forewarn, type Place, temporaryPlace } from "./forewarn.ts";
import { startHttpRecorder } from "./http-recorder.ts";
import { eventsIn, phasesOf, typesOf } from "./lines.ts";
import { selfSigned } from "./self-signed.ts";

const examples = resolve(import.meta.dirname, "../../examples");

/** Runs an example as its README does, twice as fast, and returns what it said once it has ended well. */
async function simulated(
  place: Place,
  file: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const args = ["run", "--simulate", "demo", "--time-scale", "2", "--print", "-c", join(examples, file)];
  await using agent = forewarn(args, { cwd: place.path, env });
  expect(await agent.exited(), agent.stderr()).toBe(0);
  expect(agent.stdout()).toMatch(/Forwarded \d+ events/);
  expect(agent.stdout()).not.toMatch(/[1-9]\d* left on disk|[1-9]\d* dead/);
  return agent.stdout();
}

/** How many events a sink has taken, by the summary. */
function deliveredTo(sink: string, said: string): number {
  return Number(new RegExp(`^ +${sink} +(\\d+) delivered`, "m").exec(said)?.[1]);
}

/** The demo's three stories, whatever of them a loaded machine has time to see: each is opened, and each is closed. */
function expectStories(types: readonly string[]): void {
  expect(types.filter((type) => /\.(scheduled|started)$/.test(type)).length).toBeGreaterThanOrEqual(3);
  expect(types.filter((type) => /\.(completed|ended|canceled)$/.test(type))).toHaveLength(3);
}

describe.concurrent("each example runs against the simulator, as its README says", () => {
  test("quickstart: a file, and a webhook whose signatures are right", async () => {
    using place = temporaryPlace();
    const said = await simulated(place, "quickstart/forewarn.yaml");
    const types = typesOf(eventsIn(place));
    expectStories(types);
    const count = deliveredTo("file", said);
    expect([types.length, deliveredTo("webhook", said)]).toEqual([count, count]);
    expect(said).toContain(
      `The receiver took ${count} events: ${count} requests with a right signature, 0 refused, 0 duplicates.`,
    );
  });

  test("custom-sink: fifteen lines send a push notification for each phase", async () => {
    using place = temporaryPlace();
    await using ntfy = await startHttpRecorder();
    const said = await simulated(place, "custom-sink/forewarn.yaml", { NTFY_TOPIC: `${ntfy.url}/topic` });
    expect(ntfy.requests).toHaveLength(deliveredTo("phone", said));
    const pushed = ntfy.requests.map(({ method, path, headers, body }) => ({
      request: `${method} ${path}`,
      title: headers["title"],
      priority: headers["priority"],
      body,
    }));
    expect(pushed).toContainEqual({
      request: "POST /topic",
      title: expect.stringMatching(/^(SCHEDULED|STARTED)$/) as string,
      priority: "urgent",
      body: expect.stringMatching(/^Reboot of web-01/) as string,
    });
    expectStories(pushed.map(({ title }) => `.${title?.toString().toLowerCase()}`));
  });

  test("slack-alerts: each story is told in the channel, and the first word of it calls people", async () => {
    using place = temporaryPlace();
    await using slack = await startHttpRecorder({ status: 200, body: "ok" });
    const path = "/services/T00000000/B00000000/abcdefghijklmnopqrstuvwx";
    const said = await simulated(place, "slack-alerts/forewarn.yaml", {
      SLACK_WEBHOOK_URL: `${slack.url}${path}`,
    });
    expect(said).not.toContain(path);
    expect(deliveredTo("slack", said)).toBeGreaterThanOrEqual(6);
    expect(new Set(slack.requests.map((request) => `${request.method} ${request.path}`))).toEqual(
      new Set([`POST ${path}`]),
    );
    const texts = slack.requests.map(({ body }) => (JSON.parse(body) as { readonly text: string }).text);
    expect(texts[0]).toMatch(/(SCHEDULED|STARTED): Reboot of web-01/);
    expect(slack.requests[0]?.body).toContain("<!here>");
    for (const eventType of ["Reboot", "Freeze", "Preempt"]) expect(texts.join("\n")).toContain(eventType);
  });

  test("routing: each sink hears what its row of the README says", async () => {
    using place = temporaryPlace();
    await using hooks = await startHttpRecorder();
    const said = await simulated(place, "routing/forewarn.yaml", {
      PAGER_URL: `${hooks.url}/pager`,
      CHAT_URL: `${hooks.url}/chat`,
    });
    const posted = (path: string) =>
      hooks.requests
        .filter((request) => request.path === path)
        .map(({ body }) => JSON.parse(body) as CloudEvent);
    const [pager, chat] = [posted("/pager"), posted("/chat")];
    const kept = (name: string) => eventsIn(place, `${name}.ndjson`);
    const [evictions, inventory, ledger, archive] = [
      kept("evictions"),
      kept("inventory"),
      kept("ledger"),
      kept("archive"),
    ] as const;
    const stories = archive.filter(({ type }) => type.includes(".scheduledevent."));
    const ids = (events: readonly CloudEvent[]) => events.map(({ id }) => id).toSorted();
    const where = (wanted: (data: Story) => boolean) =>
      ids(stories.filter(({ data }) => wanted(data as Story)));

    expectStories(typesOf(archive));
    expect(archive).toHaveLength(deliveredTo("archive", said));
    expect(ids(pager)).toEqual(where(({ impact }) => impact === "error"));
    expect(ids(chat)).toEqual(where(({ impact }) => impact !== "info"));
    expect(chat.length).toBeGreaterThan(pager.length);
    expect(ids(evictions)).toEqual(where(({ eventType }) => eventType === "Preempt"));
    expect(typesOf(inventory)).toEqual(["instance.observed"]);
    expect(ids(ledger)).toEqual(
      where(({ phase }) => ["scheduled", "completed", "ended", "canceled"].includes(phase)),
    );
  });

  test("event-hubs-stream with a connection string: its consumer prints every event, once", async () => {
    using place = temporaryPlace();
    await using emulator = await startEventHubsEmulator({ hubs: { "vm-events": { partitions: 4 } } });
    const env = { EVENT_HUBS_CONNECTION_STRING: emulator.connectionString };
    const said = await simulated(place, "event-hubs-stream/connection-string.yaml", env);
    const sent = streamed(emulator.hub("vm-events").events());
    expectStories(typesOf(sent));
    expect(sent).toHaveLength(deliveredTo("stream", said));

    await using consumer = forewarn([], { env, bin: join(examples, "event-hubs-stream/receive.ts") });
    const printed = () => consumer.stdout().trimEnd().split("\n").filter(Boolean);
    await eventually(() => printed().length >= sent.length, consumer.stderr);
    expect(await consumer.end("SIGINT"), consumer.stderr()).toBe(0);
    expect(printed().map((line) => JSON.parse(line) as unknown)).toEqual(sent);
  });

  test("event-hubs-stream with the VM's identity: its token opens the link, over TLS", async () => {
    using place = temporaryPlace();
    const { key, cert, file } = selfSigned(place);
    const audiences = new Set<unknown>();
    await using emulator = await startEventHubsEmulator({
      tls: { key, cert },
      hubs: { "vm-events": {} },
      acceptToken: ({ claims }) => {
        audiences.add(claims["aud"]);
        return ["send"];
      },
    });
    await using simulator = await startSimulator();
    // The example as it is, and where the simulated Azure is.
    const example = readFileSync(join(examples, "event-hubs-stream/forewarn.yaml"), "utf8");
    const around = `imds: { endpoint: "${simulator.url}", pollInterval: 100ms }\nstate: { path: ${join(place.path, "state")} }\nadmin: off\n`;
    const config = place.file("forewarn.yaml", around + example);
    const env = { EVENT_HUBS_NAMESPACE: `localhost:${emulator.port}`, NODE_EXTRA_CA_CERTS: file };
    await using agent = forewarn(["run", "-c", config], { env });
    await agent.says("IMDS answers");
    const { EventId } = simulator.schedule({ EventType: "Preempt" });
    const arrived = () => streamed(emulator.hub("vm-events").events());
    await eventually(() => phasesOf(arrived(), EventId).includes("scheduled"), agent.stderr);
    expect(await agent.end(), agent.stderr()).toBe(0);
    const types = typesOf(arrived());
    expect(types.toSorted()).toEqual([
      "agent.started",
      "agent.stopped",
      "instance.observed",
      "scheduledevent.scheduled",
    ]);
    expect([...audiences]).toEqual(["https://eventhubs.azure.net/"]);
  });
});

interface Story {
  readonly impact: string;
  readonly eventType: string;
  readonly phase: string;
}

interface Message {
  readonly contentType: string | undefined;
  readonly applicationProperties: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
}

function streamed(messages: readonly Message[]): readonly CloudEvent[] {
  return messages.map(decodeAmqp);
}
