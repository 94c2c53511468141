import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@forewarn/agent";
import { draft, observer, padding } from "../../packages/agent/src/outbox/fixtures/draft.ts";
import { openOutbox, type Outbox } from "../../packages/agent/src/outbox/outbox.ts";
import type { Contestant } from "./contestant.ts";
import { type BenchSettings, type Figure, type Floor, figure } from "./figure.ts";
import { median } from "./statistics.ts";
import { eventBytes } from "./backlog-file.ts";

/** An event without its data. */
const envelopeBytes = 690;
const sizes = [
  { id: "single", name: "one event at a time", batch: 1, times: 200 },
  { id: "batch", name: "batches of 100", batch: 100, times: 30, floor: { leastRatio: 0.5 } },
] as const satisfies readonly { readonly floor?: Floor; readonly [key: string]: unknown }[];
const turns = 5;

/**
 * How many events of 1 kB a second the outbox takes, each batch on disk before the next one begins, in turn with a bare
 * write and `fdatasync` of as many bytes in as many batches on the same file system.
 */
export async function append(
  _: readonly [Contestant, Contestant],
  { drainRounds: rounds }: BenchSettings,
): Promise<readonly Figure[]> {
  const directory = mkdtempSync(join(tmpdir(), "forewarn-bench-"));
  const limits = { retentionMs: 1e12, retentionBytes: 1e12, maxBytes: 1e12 };
  const onError = (error: unknown) => {
    throw error;
  };
  const outbox = openOutbox({ directory: join(directory, "state"), clock: systemClock, limits, onError });
  const file = openSync(join(directory, "bare"), "a");
  try {
    return sizes.map((size) => {
      const measured = { forewarn: [] as number[], bare: [] as number[] };
      for (let turn = 0; turn <= turns * rounds; turn++) {
        const forewarn = appendRate(outbox, turn, size);
        const bare = syncRate(file, forewarn.bytes / size.times, size);
        // The first turn only warms up.
        if (turn === 0) continue;
        measured.forewarn.push(forewarn.rate);
        measured.bare.push(bare);
      }
      const medians = [median(measured.forewarn), median(measured.bare)] as const;
      return figure(`append.${size.id}`, `durable append: ${size.name}`, "ev/s", medians, {
        rounds: measured,
        ...("floor" in size ? { floor: size.floor } : {}),
      });
    });
  } finally {
    closeSync(file);
    outbox.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Size {
  readonly batch: number;
  readonly times: number;
}

function appendRate(outbox: Outbox, turn: number, { batch, times }: Size) {
  const data = padding(eventBytes - envelopeBytes);
  const batches = Array.from({ length: times }, (_, time) =>
    Array.from({ length: batch }, (_, index) => draft(`${batch}-${turn}-${time}-${index}`, { data })),
  );
  let bytes = 0;
  const began = performance.now();
  for (const drafts of batches)
    for (const { json } of outbox.append(drafts, observer, {})) bytes += json.length;
  return { rate: rate(batch * times, began), bytes };
}

function syncRate(file: number, bytes: number, { batch, times }: Size): number {
  const buffer = Buffer.alloc(Math.round(bytes), "x");
  const began = performance.now();
  for (let time = 0; time < times; time++) {
    writeSync(file, buffer);
    fdatasyncSync(file);
  }
  return rate(batch * times, began);
}

const rate = (events: number, began: number) => (events / (performance.now() - began)) * 1000;
