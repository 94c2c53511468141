import { chmodSync, mkdirSync, readFileSync, rmdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { type EventHubsEmulator, startEventHubsEmulator } from "@forewarn/event-hubs-emulator";
import { type CloudEvent, decodeAmqp } from "@forewarn/sdk";
import type { Place } from "./forewarn.ts";
import { startHttpRecorder } from "./http-recorder.ts";
import { startTestReceiver } from "./receiver.ts";
import { selfSigned } from "./self-signed.ts";

/** A destination that takes nothing until a person has corrected something. */
export interface BadDestination extends AsyncDisposable {
  /** The sink as it stands in the configuration, first wrong, then right. */
  readonly sink: SinkConfig;
  readonly corrected?: SinkConfig;
  readonly env?: Readonly<Record<string, string>>;
  /** Corrects what is not in the configuration. */
  fix?(): void;
  /** The ids of the events that it has taken. */
  arrived(): readonly string[];
  /** How often it has refused, where every request is seen. */
  refusals?(): number;
}

type SinkConfig = Readonly<{ type: string; options: Readonly<Record<string, unknown>> }>;

const listen = { key: "bGlzdGVu", rights: ["listen"] } as const;
const send = { key: "c2VuZA==", rights: ["send"] } as const;
const hub = "vm-events";

/** Event Hubs whose hub has another name than the one that is configured. */
export async function wrongHub(): Promise<BadDestination> {
  const emulator = await startEventHubsEmulator({ hubs: { [hub]: {} }, keys: { send } });
  const { connectionString } = emulator;
  return {
    ...ofHub(emulator),
    sink: eventHubs({ connectionString, eventHub: "vm-event" }),
    corrected: eventHubs({ connectionString }),
  };
}

/** Event Hubs that does not know the key. */
export async function wrongKey(): Promise<BadDestination> {
  const emulator = await startEventHubsEmulator({ hubs: { [hub]: {} }, keys: { send } });
  const connectionString = emulator.connectionString.replace(send.key, "b2xkIGtleQ==");
  return {
    ...ofHub(emulator),
    sink: eventHubs({ connectionString }),
    corrected: eventHubs({ connectionString: emulator.connectionString }),
  };
}

/** Event Hubs whose key may only listen. */
export async function missingRight(): Promise<BadDestination> {
  const emulator = await startEventHubsEmulator({ hubs: { [hub]: {} }, keys: { reader: listen } });
  return {
    ...ofHub(emulator),
    sink: eventHubs({ connectionString: emulator.connectionString }),
    fix: () => emulator.setKey("reader", { rights: ["listen", "send"] }),
  };
}

/** Event Hubs on which the VM's identity has no role that may send. */
export async function missingRole(place: Place): Promise<BadDestination> {
  let isAssigned = false;
  const { key, cert, file } = selfSigned(place);
  const emulator = await startEventHubsEmulator({
    tls: { key, cert },
    hubs: { [hub]: {} },
    acceptToken: () => (isAssigned ? ["send"] : []),
  });
  return {
    ...ofHub(emulator),
    sink: eventHubs({ namespace: `localhost:${emulator.port}` }),
    env: { NODE_EXTRA_CA_CERTS: file },
    fix: () => void (isAssigned = true),
  };
}

/** Slack, whose webhook was revoked. */
export async function revokedWebhook(): Promise<BadDestination> {
  const recorder = await startHttpRecorder({ status: 404, body: "no_service" });
  let refused: number | undefined;
  return {
    sink: { type: "slack", options: { url: `${recorder.url}/services/T0/B0/abcdefghijklmnopqrstuvwx` } },
    fix() {
      refused = recorder.requests.length;
      recorder.answer({ status: 200, body: "ok" });
    },
    arrived: () =>
      refused === undefined ? [] : recorder.requests.slice(refused).flatMap(({ body }) => idsInMessage(body)),
    refusals: () => refused ?? recorder.requests.length,
    [Symbol.asyncDispose]: () => recorder[Symbol.asyncDispose](),
  };
}

/** A webhook's receiver that wants another token. */
export async function wrongToken(): Promise<BadDestination> {
  const receiver = await startTestReceiver();
  receiver.answer(401);
  return {
    sink: { type: "webhook", options: { url: receiver.url, headers: { authorization: "Bearer expired" } } },
    fix: () => receiver.answer(204),
    arrived: () => receiver.events.map(({ id }) => id),
    [Symbol.asyncDispose]: () => receiver[Symbol.asyncDispose](),
  };
}

/** A file whose path is taken by a directory. */
export async function takenPath({ path }: Place): Promise<BadDestination> {
  const file = join(path, "taken.ndjson");
  mkdirSync(file);
  return {
    sink: { type: "file", options: { path: file } },
    fix: () => rmdirSync(file),
    arrived: () => linesOf(file).map((line) => (JSON.parse(line) as CloudEvent).id),
    [Symbol.asyncDispose]: async () => {},
  };
}

/** A command that nobody may execute. */
export async function forbiddenCommand(place: Place): Promise<BadDestination> {
  const file = join(place.path, "seen");
  const command = place.file("note.sh", `#!/bin/sh\necho "$FOREWARN_ID" >> ${file}\n`);
  chmodSync(command, 0o644);
  return {
    sink: { type: "exec", options: { command } },
    fix: () => chmodSync(command, 0o755),
    arrived: () => linesOf(file),
    [Symbol.asyncDispose]: async () => {},
  };
}

/** A message names its event as the id of its last block. */
function idsInMessage(body: string): readonly string[] {
  return [...body.matchAll(/"block_id":"([^"]+)"/g)].map(([, id = ""]) => id);
}

function eventHubs(options: Readonly<Record<string, unknown>>): SinkConfig {
  return { type: "event-hubs", options: { eventHub: hub, ...options } };
}

function ofHub(emulator: EventHubsEmulator): Pick<BadDestination, "arrived" | typeof Symbol.asyncDispose> {
  return {
    arrived: () =>
      emulator
        .hub(hub)
        .events()
        .map((message) => decodeAmqp(message).id),
    [Symbol.asyncDispose]: () => emulator[Symbol.asyncDispose](),
  };
}

function linesOf(file: string): readonly string[] {
  return statSync(file, { throwIfNoEntry: false })?.isFile() === true
    ? readFileSync(file, "utf8").split("\n").filter(Boolean)
    : [];
}
