import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { startEventHubsEmulator } from "@forewarn/event-hubs-emulator";
import type { Random } from "../simulation/random.ts";
import type { Stored } from "./outbox-file.ts";

/** An event as it came to a destination. */
export interface Arrival {
  /** The run of the agent that brought it. */
  readonly life: number;
  readonly text: string;
}

/** Where a sink brings events, and what the agent must be told of it. */
export interface Destination extends AsyncDisposable {
  readonly name: string;
  readonly sink: Readonly<Record<string, unknown>>;
  readonly wants: (event: Pick<Stored, "json" | "type">) => boolean;
  /** What one kill may repeat at most: what was on its way, and what was taken but not yet noted. */
  readonly mostRepeated: number;
  /** What it took, oldest first. */
  arrivals(): readonly Arrival[];
  /** Called at the end of each life. */
  endLife(): void;
  /** Fails now and then from now on, or never more. */
  trouble(random: Random | null): void;
}

type Life = () => number;

/** All events but those that say that the sink itself is paused, or no longer: they go to the others. */
function wantsAllBut(name: string): Destination["wants"] {
  return ({ type, json }) =>
    !type.startsWith("io.forewarn.sink.") ||
    (JSON.parse(json) as { readonly data: { readonly sink: string } }).data.sink !== name;
}

/** A receiver of single CloudEvents on eight connections at once, that is slow and answers 503 now and then. */
export async function startReceiver(life: Life): Promise<Destination> {
  const arrivals: Arrival[] = [];
  let moods: Random | null = null;
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request.setEncoding("utf8")) text += String(chunk);
    if (moods?.chance(0.03)) {
      response.writeHead(503).end();
      return;
    }
    arrivals.push({ life: life(), text });
    setTimeout(() => response.writeHead(204).end(), moods?.int(0, 8) ?? 0);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const type = "io.forewarn.scheduledevent.";
  return {
    name: "hook",
    sink: {
      type: "webhook",
      when: { types: [`${type}*`] },
      options: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` },
    },
    wants: (event) => event.type.startsWith(type),
    mostRepeated: 50,
    arrivals: () => arrivals,
    endLife() {},
    trouble(random) {
      moods = random;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A file that is rotated at every megabyte. */
export function createFile(directory: string, life: Life): Destination {
  const ends: { readonly life: number; readonly lines: number }[] = [];

  function lines(): readonly string[] {
    const names = readdirSync(directory).filter((name) => name.startsWith("events.ndjson"));
    // The rotated ones bear their time, the one without is the newest.
    const inOrder = [...names.filter((name) => name !== "events.ndjson").sort(), "events.ndjson"];
    return inOrder
      .filter((name) => names.includes(name))
      .flatMap((name) => readFileSync(join(directory, name), "utf8").split("\n"))
      .filter((line) => line !== "");
  }

  return {
    name: "audit",
    sink: {
      type: "file",
      batch: { maxEvents: 50 },
      options: { path: join(directory, "events.ndjson"), rotateSize: "1MB", keep: 1000 },
    },
    wants: wantsAllBut("audit"),
    mostRepeated: 200,
    arrivals() {
      let index = 0;
      return lines().map((text, line) => {
        while ((ends[index]?.lines ?? Number.POSITIVE_INFINITY) <= line) index++;
        return { life: ends[index]?.life ?? life(), text };
      });
    },
    endLife() {
      ends.push({ life: life(), lines: lines().length });
    },
    trouble() {},
    [Symbol.asyncDispose]: async () => {},
  };
}

/** An Event Hub that is busy, slow, or loses its connection now and then. */
export async function startHub(life: Life): Promise<Destination> {
  const arrivals: Arrival[] = [];
  const emulator = await startEventHubsEmulator({
    hubs: { hub: { partitions: 2 } },
    onEvent: ({ body }) => void arrivals.push({ life: life(), text: body.toString() }),
  });
  const { faults } = emulator;
  return {
    name: "stream",
    sink: {
      type: "event-hubs",
      batch: { maxEvents: 50 },
      options: { connectionString: emulator.connectionString, eventHub: "hub", mode: "structured" },
    },
    wants: wantsAllBut("stream"),
    mostRepeated: 200,
    arrivals: () => arrivals,
    endLife() {},
    trouble(random) {
      faults.clear();
      if (random === null) return;
      const times = random.int(1, 3);
      const condition = "com.microsoft:server-busy";
      const mood = random.int(0, 5);
      if (mood === 0) faults.add({ at: "send", do: "reject", condition, times });
      else if (mood === 1) faults.add({ at: "send", do: "drop", stored: false, times });
      else if (mood <= 3) faults.add({ at: "send", do: "delay", ms: random.int(5, 100), times: "always" });
    },
    [Symbol.asyncDispose]: () => emulator[Symbol.asyncDispose](),
  };
}
