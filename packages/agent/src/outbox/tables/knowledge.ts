import type { DatabaseSync } from "node:sqlite";
import type { Lifecycle } from "../../normalize/lifecycle.ts";

/** What the source stored beside the events. */
export interface Knowledge {
  /** Every lifecycle that is still kept, by EventId in lower case. */
  lifecycles(): Map<string, Lifecycle>;
  /** What was stored under a name, or null. */
  checkpoint<T>(name: string): T | null;
}

/** Reads what the source stored beside the events. */
export function createKnowledge(database: DatabaseSync): Knowledge {
  const all = database.prepare("SELECT json FROM lifecycle");
  const named = database.prepare("SELECT json FROM checkpoint WHERE name = ?");
  return {
    lifecycles() {
      const kept = all.all().map((row) => JSON.parse(String(row["json"])) as Lifecycle);
      return new Map(kept.map((lifecycle) => [lifecycle.eventId, lifecycle]));
    },
    checkpoint<T>(name: string) {
      const row = named.get(name);
      return row === undefined ? null : (JSON.parse(String(row["json"])) as T);
    },
  };
}
