import type { DatabaseSync } from "node:sqlite";
import type { Clock } from "@forewarn/sdk";
import { createRetention, type Limits, type Retention } from "./retention/retention.ts";
import { openDatabase } from "./state/schema.ts";
import { type Announcements, createAnnouncements } from "./tables/announcement.ts";
import { type Appender, createAppender } from "./tables/append.ts";
import { createKnowledge, type Knowledge } from "./tables/knowledge.ts";
import { createMarks, type Marks } from "./tables/marks.ts";
import { createReader, type Reader } from "./tables/read.ts";
import { createSettler, type Settler } from "./tables/settle.ts";
import { createWishes, type Wishes } from "./tables/wishes.ts";

/** Events, what the source remembers, and what is settled, in one database, on disk or in memory. */
export interface Store extends Announcements, Appender, Knowledge, Reader, Settler, Marks, Retention, Wishes {
  readonly database: DatabaseSync;
  /** Writes what is still gathered. */
  flush(): void;
  /** Writes what is still gathered, and syncs it to disk. */
  sync(): void;
  close(): void;
}

/** What a store works with. */
export interface StoreOptions {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly onError: (error: unknown) => void;
}

/** Opens the store in a file; appends are synced, settlements gathered on a second connection. */
export function openStore(path: string, options: StoreOptions): Store {
  const open: { close(): void }[] = [];
  const close = () => {
    for (const opened of open.splice(0).toReversed()) opened.close();
  };
  try {
    const database = openDatabase(path, "FULL");
    open.push(database);
    const settling = openDatabase(path, "NORMAL", false);
    open.push(settling);
    const settler = createSettler(settling, options.clock, options.onError);
    open.push(settler);
    return { ...partsOf(database, settler, options), close };
  } catch (error) {
    close();
    throw error;
  }
}

/** A store in memory, whose places begin after `after`; `isTaken` says which ids are used elsewhere. */
export function openMemory(
  options: StoreOptions & {
    readonly after: number;
    readonly isTaken: (source: string, id: string) => boolean;
  },
): Store {
  const database = openDatabase(":memory:", "NORMAL");
  const settler = createSettler(database, options.clock, options.onError);
  return {
    ...partsOf(database, settler, options, options),
    close() {
      settler.close();
      database.close();
    },
  };
}

function partsOf(
  database: DatabaseSync,
  settler: ReturnType<typeof createSettler>,
  { clock, limits }: StoreOptions,
  elsewhere?: Parameters<typeof createAppender>[2],
): Omit<Store, "close"> {
  const appender = createAppender(database, clock, elsewhere);
  return {
    database,
    ...appender,
    ...createKnowledge(database),
    ...createReader(database, appender.last, elsewhere === undefined),
    subscribe: settler.subscribe,
    settle: settler.settle,
    settling: settler.settling,
    flush: settler.flush,
    sync() {
      settler.flush();
      // Waits for nobody: it copies what it can, after a sync of the whole log.
      database.exec("PRAGMA wal_checkpoint(PASSIVE)");
    },
    ...createAnnouncements(database),
    ...createWishes(database),
    ...createMarks(database, settler.flush),
    ...createRetention(database, limits, clock, settler.flush),
  };
}
