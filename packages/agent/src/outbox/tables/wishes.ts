import type { DatabaseSync } from "node:sqlite";
import { uuidv7 } from "../../uuid.ts";

/** A person's wish that an event starts now, as it stands among the checkpoints until its answer was read. */
export interface Wish {
  /** Azure's, in any case. */
  readonly eventId: string;
  /** Whether it may start although it names other VMs beside this one. */
  readonly shared: boolean;
  /** Who ran the command. */
  readonly user?: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly answer?: WishAnswer;
}

/** What came of a wish. */
export interface WishAnswer {
  /**
   * `approved`: Azure has accepted it, now or before. `failed`: IMDS gave no good answer, and it is tried again, or
   * the intent cannot be stored, or the agent stops. `refused`: IMDS answered 400. `impossible`: it may not or cannot
   * be approved. `unknown`: no such event.
   */
  readonly outcome: "approved" | "failed" | "refused" | "impossible" | "unknown";
  /** A sentence for a person. */
  readonly message: string;
}

/** Finds what another process wants to be approved. */
export interface Wishes {
  /** Those that were not answered, oldest first, by name. */
  wishes(): ReadonlyMap<string, Wish>;
  /** Removes wishes that are older than a moment (epoch milliseconds), answered or not. */
  forgetWishes(before: number): void;
}

/** Leaves a wish to the agent that runs. */
export interface Wishing {
  /** Returns the wish's name. */
  wish(wish: Omit<Wish, "at" | "answer">): string;
  /** The answer, and takes the wish away with it; null while there is none. */
  answer(name: string): WishAnswer | null;
  /** Takes back a wish that nobody answers; false where it was answered meanwhile. */
  withdraw(name: string): boolean;
}

// Their names go on with a UUIDv7, so they are in order.
const isWish = "name >= 'approve:' AND name < 'approve;'";

/** The agent's side: it answers by storing the wish again, with its answer. */
export function createWishes(database: DatabaseSync): Wishes {
  const open = database.prepare(
    `SELECT name, json FROM checkpoint WHERE ${isWish} AND json ->> 'answer' IS NULL ORDER BY name`,
  );
  const forget = database.prepare(`DELETE FROM checkpoint WHERE ${isWish} AND json ->> 'at' < ?`);
  return {
    wishes: () =>
      new Map(open.all().map(({ name, json }) => [String(name), JSON.parse(String(json)) as Wish])),
    forgetWishes: (before) => void forget.run(before),
  };
}

/** The other process's side. */
export function createWishing(database: DatabaseSync): Wishing {
  return {
    wish(wish) {
      const at = Date.now();
      const name = `approve:${uuidv7(at)}`;
      const stored: Wish = { ...wish, at };
      database.prepare("INSERT INTO checkpoint (name, json) VALUES (?, ?)").run(name, JSON.stringify(stored));
      return name;
    },
    answer(name) {
      const row = database.prepare("SELECT json FROM checkpoint WHERE name = ?").get(name);
      const { answer } = row === undefined ? {} : (JSON.parse(String(row["json"])) as Partial<Wish>);
      if (answer === undefined) return null;
      database.prepare("DELETE FROM checkpoint WHERE name = ?").run(name);
      return answer;
    },
    withdraw(name) {
      const remove = "DELETE FROM checkpoint WHERE name = ? AND json ->> 'answer' IS NULL";
      return database.prepare(remove).run(name).changes === 1;
    },
  };
}
