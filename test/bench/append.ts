import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { systemClock } from "@forewarn/agent";
import { draft, observer, padding } from "../../packages/agent/src/outbox/fixtures/draft.ts";
import { openOutbox, type Outbox } from "../../packages/agent/src/outbox/outbox.ts";
import { openDatabase } from "../../packages/agent/src/outbox/state/schema.ts";
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
 * write and `fdatasync` of as many bytes in as many batches on the same file system; and what of it the database takes:
 * rows that are ready, inserted into the same table.
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
  const table = openDatabase(join(directory, "table.db"), "FULL");
  try {
    return sizes.flatMap((size) => {
      const measured = { forewarn: [] as number[], bare: [] as number[] };
      const inserted: number[] = [];
      for (let turn = 0; turn <= turns * rounds; turn++) {
        const forewarn = appendRate(outbox, turn, size);
        const bare = syncRate(file, forewarn.bytes / size.times, size);
        // The first turn only warms up.
        if (turn === 0) continue;
        measured.forewarn.push(forewarn.rate);
        measured.bare.push(bare);
        inserted.push(insertRate(table, forewarn.bytes / (size.times * size.batch), size));
      }
      const medians = [median(measured.forewarn), median(measured.bare)] as const;
      const name = `durable append: ${size.name}`;
      return [
        figure(`append.${size.id}`, name, "ev/s", medians, {
          rounds: measured,
          ...("floor" in size ? { floor: size.floor } : {}),
        }),
        figure(`append.${size.id}.table`, `${name}: the table alone`, "ev/s", [null, median(inserted)]),
      ];
    });
  } finally {
    closeSync(file);
    table.close();
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

let inserted = 0;

/** Rows of as many bytes, made beforehand, into the table of events. */
function insertRate(table: DatabaseSync, bytes: number, { batch, times }: Size): number {
  const insert = table.prepare("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, NULL, NULL, ?, ?)");
  const json = "x".repeat(Math.round(bytes));
  const began = performance.now();
  for (let time = 0; time < times; time++) {
    table.exec("BEGIN IMMEDIATE");
    for (let index = 0; index < batch; index++) {
      const id = String(++inserted);
      insert.run(inserted, observer.source, id, "type", id, inserted, 17, inserted, json);
    }
    table.exec("COMMIT");
  }
  return rate(batch * times, began);
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
