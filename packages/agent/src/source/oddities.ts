import type { Telemetry } from "../telemetry.ts";

/** Keeps account of documents that were good but odd. */
export interface Oddities {
  /** Notes what was odd in one document; nothing where it was as it should be. */
  saw(warnings: readonly string[]): void;
}

/** What is told in one streak; a host that invents a new oddity each second must not fill a log. */
const mostTold = 100;

/** An odd document is asked for again every second: each oddity is told once, until a document is as it should be, and then of how many it was. */
export function createOddities(telemetry: Telemetry): Oddities {
  const told = new Set<string>();
  let documents = 0;
  return {
    saw(warnings) {
      if (warnings.length > 0) documents++;
      for (const warning of warnings) {
        if (told.size >= mostTold || told.has(warning)) continue;
        told.add(warning);
        telemetry.emit("documentWarning", warning);
      }
      if (warnings.length > 0 || documents === 0) return;
      telemetry.emit("documentsWhole", { documents });
      told.clear();
      documents = 0;
    },
  };
}
