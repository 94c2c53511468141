import type { DatabaseSync } from "node:sqlite";
import type { Lifecycle } from "../normalize/lifecycle.ts";
import type { Outbox } from "./outbox.ts";

/** Reads what the source stored beside the events. */
export function createKnowledge(database: DatabaseSync): Pick<Outbox, "lifecycles" | "checkpoint"> {
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
