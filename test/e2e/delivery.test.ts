import { readFileSync, statSync, truncateSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { startSimulator } from "@forewarn/imds-simulator";
import type { CloudEvent } from "@forewarn/sdk";
import { expect, test } from "vitest";
import { configured, fileSink } from "./configuration.ts";
import { eventually } from "./eventually.ts";
import { forewarn, temporaryPlace } from "./forewarn.ts";
import { byId, eventsIn, typesOf } from "./lines.ts";
import { startTestReceiver } from "./receiver.ts";

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A receiver that keeps requests as they came; `refuse` says how many of the first get 503. */
async function startRawReceiver(refuse: number) {
  const requests: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    requests.push({ headers: request.headers, body: Buffer.concat(chunks) });
    response.writeHead(requests.length <= refuse ? 503 : 200).end("thank you");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** `v1,` and the Base64 of HMAC-SHA256 over id, timestamp and body, after the text of Standard Webhooks 1.0 and by WebCrypto. */
async function signatureOf(secret: string, { headers, body }: Received): Promise<string> {
  const raw = Uint8Array.from(atob(secret.slice("whsec_".length)), (character) => character.charCodeAt(0));
  const key = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const head = new TextEncoder().encode(
    `${String(headers["webhook-id"])}.${String(headers["webhook-timestamp"])}.`,
  );
  const signed = await crypto.subtle.sign("HMAC", key, new Uint8Array([...head, ...body]));
  return `v1,${btoa(String.fromCharCode(...new Uint8Array(signed)))}`;
}

const secrets = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_plJ3nmyCDGBKInavdOK15jsl0Rf9nMKk"] as const;

test("the webhook's signature verifies by the standard's text, for both secrets of a rotation, on every attempt", async () => {
  using place = temporaryPlace();
  await using simulator = await startSimulator();
  await using receiver = await startRawReceiver(2);
  const options = {
    url: receiver.url,
    secret: "${env:NEW}",
    previousSecret: "${env:OLD}",
    headers: { authorization: "Bearer ${env:NEW}" },
  };
  const sinks = { hook: { type: "webhook", options } };
  await using agent = forewarn(["run", "-c", configured(place, { imds: simulator.url, sinks })], {
    env: { NEW: secrets[0], OLD: secrets[1] },
  });
  simulator.schedule({ EventType: "Reboot", Description: "Ünïcode € 😀" });
  await eventually(() => receiver.requests.length >= 4, agent.stderr);
  expect(await agent.end()).toBe(0);

  const ids = new Map<string, string>();
  for (const request of receiver.requests) {
    const { headers, body } = request;
    const expected = await Promise.all(secrets.map((secret) => signatureOf(secret, request)));
    expect(headers["webhook-signature"]).toBe(expected.join(" "));
    expect(Math.abs(Number(headers["webhook-timestamp"]) - Date.now() / 1000)).toBeLessThan(60);
    expect(headers["content-type"]).toBe("application/cloudevents+json; charset=UTF-8");
    expect(headers["authorization"]).toBe(`Bearer ${secrets[0]}`);
    const { source, id } = JSON.parse(body.toString()) as { source: string; id: string };
    // One id for every attempt of an event, another one for every other event.
    const name = `${source} ${id}`;
    expect(headers["webhook-id"]).toBe(ids.get(name) ?? headers["webhook-id"]);
    ids.set(name, String(headers["webhook-id"]));
  }
  expect(ids.size).toBe(3);
  expect(new Set(ids.values()).size).toBe(3);
  expect(receiver.requests.some(({ body }) => body.includes("Ünïcode € 😀"))).toBe(true);
  for (const secret of secrets) expect(agent.stderr()).not.toContain(secret.slice(6));
});

test("the three modes of the webhook bring the same events as the file", async () => {
  using place = temporaryPlace();
  await using simulator = await startSimulator();
  const modes = ["structured", "binary", "batched"] as const;
  const receivers = await Promise.all(modes.map(() => startTestReceiver()));
  await using _ = {
    [Symbol.asyncDispose]: async () =>
      void (await Promise.all(receivers.map((each) => each[Symbol.asyncDispose]()))),
  };
  const hooks = modes.map(
    (mode, index) => [mode, { type: "webhook", options: { url: receivers[index]?.url, mode } }] as const,
  );
  const sinks = { audit: fileSink(place), ...Object.fromEntries(hooks) };
  await using agent = forewarn(["run", "-c", configured(place, { imds: simulator.url, sinks })]);
  await agent.says("IMDS answers");
  for (let n = 0; n < 5; n++) simulator.schedule({ EventType: "Freeze", Description: `“${n}” % ü` });
  await eventually(() => eventsIn(place).length >= 6, agent.stderr);
  expect(await agent.end()).toBe(0);
  expect(eventsIn(place)).toHaveLength(7);
  for (const { events } of receivers) expect(byId(events)).toEqual(byId(eventsIn(place)));
});

test("kill -9 in the middle of a write: the torn line is ended, every other line is whole, nothing is missing", async () => {
  using place = temporaryPlace();
  await using simulator = await startSimulator();
  const path = join(place.path, "events.ndjson");
  const file = configured(place, { imds: simulator.url, sinks: { audit: fileSink(place) } });
  const first = forewarn(["run", "-c", file]);
  await first.says("IMDS answers");
  const { EventId } = simulator.schedule({ EventType: "Reboot" });
  await eventually(() => eventsIn(place).length === 2, first.stderr);
  expect(await first.end("SIGKILL")).toBe("SIGKILL");
  // As if the power had failed before the last 40 bytes were on disk.
  const whole = readFileSync(path, "utf8").trimEnd().split("\n");
  truncateSync(path, statSync(path).size - 40);

  await using second = forewarn(["run", "-c", file]);
  await second.says("IMDS answers");
  simulator.start(EventId);
  await eventually(() => readFileSync(path, "utf8").includes("scheduledevent.started"), second.stderr);
  expect(await second.end()).toBe(0);
  const lines = readFileSync(path, "utf8").split("\n");
  expect(lines.pop()).toBe("");
  // The last line before the kill may not have been settled; then it comes again, whole.
  const again = new Set(lines.filter((line, index) => index >= whole.length && whole.includes(line)));
  const [torn = "", ...after] = lines.slice(whole.length - 1).filter((line) => !again.has(line));
  expect(lines.slice(0, whole.length - 1)).toEqual(whole.slice(0, -1));
  expect(torn).toBe(whole.at(-1)?.slice(0, -39));
  expect(typesOf(after.map((line) => JSON.parse(line) as CloudEvent)).toSorted()).toEqual([
    "agent.started",
    "agent.stopped",
    "scheduledevent.started",
  ]);
});

test("killed again and again while it writes: each line is whole or ended, and every event is there", async () => {
  using place = temporaryPlace();
  await using simulator = await startSimulator();
  const file = configured(place, { imds: simulator.url, sinks: { audit: fileSink(place) } });
  const expected = new Set<string>();
  for (let round = 0; round < 4; round++) {
    const agent = forewarn(["run", "-c", file]);
    await agent.says("IMDS answers");
    for (let n = 0; n < 5; n++) {
      expected.add(`${simulator.schedule({ EventType: "Freeze" }).EventId.toLowerCase()}:scheduled`);
      await new Promise((next) => setTimeout(next, Math.random() * 60));
    }
    await agent.end("SIGKILL");
  }
  await using last = forewarn(["run", "-c", file]);
  await last.says("IMDS answers");
  const known = () =>
    new Set(
      eventsIn(place)
        .filter(({ type }) => type.endsWith(".scheduled"))
        .map(({ id }) => id),
    );
  await eventually(() => known().size >= expected.size, last.stderr);
  expect(await last.end()).toBe(0);
  expect(known()).toEqual(expected);
  expect(typesOf(eventsIn(place)).at(-1)).toBe("agent.stopped");
});
