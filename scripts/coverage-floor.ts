import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";

/** What the tests reach, in percent. */
export interface Coverage {
  readonly lines: number;
  readonly branches: number;
  readonly functions: number;
}

/** The part of vitest's `coverage-summary.json` that is looked at. */
export interface CoverageSummary {
  readonly total: Readonly<Record<keyof Coverage, { readonly pct: number }>>;
}

/** What is said of a measurement beside the floor, and whether it stands. */
export interface Judgement {
  readonly stands: boolean;
  readonly told: readonly string[];
  /** The floor that this measurement allows: nowhere lower than the one that there is. */
  readonly next: Coverage;
}

const kinds = ["lines", "branches", "functions"] as const;

/** Tests that race differ by a few branches from run to run. */
const wobble = 0.3;

/** From here on above the floor it is time to raise it. */
const clearly = 1;

/** Sets a measurement beside the floor: it fails below it, and asks to raise it where it is clearly above. */
export function judge({ total }: CoverageSummary, floor: Coverage): Judgement {
  const allowed = (kind: keyof Coverage) =>
    Math.max(floor[kind], Math.floor((total[kind].pct - wobble) * 10) / 10);
  const below = kinds.filter((kind) => total[kind].pct < floor[kind]);
  const above = kinds.filter((kind) => total[kind].pct >= floor[kind] + clearly);
  const parts = kinds.map((kind) => `${kind} ${total[kind].pct} % (floor ${floor[kind]} %)`);
  return {
    stands: below.length === 0,
    told: [
      `coverage: ${parts.join(", ")}`,
      ...(below.length === 0
        ? []
        : [`below the floor: ${below.join(", ")}; write the tests that are missing`]),
      ...(above.length === 0 ? [] : ["clearly above the floor; raise it: npm run coverage -- --raise"]),
    ],
    next: { lines: allowed("lines"), branches: allowed("branches"), functions: allowed("functions") },
  };
}

const floorFile = resolve(import.meta.dirname, "coverage-floor.json");
const summaryFile = resolve(import.meta.dirname, "../coverage/coverage-summary.json");
const json = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"));

/** Judges what the last run of vitest has left in `coverage`; throws where it left nothing. */
export function judgeLastRun(): Judgement {
  return judge(json(summaryFile) as CoverageSummary, json(floorFile) as Coverage);
}

/** Writes the floor that a judgement allows. */
export function raise({ next }: Judgement): void {
  writeFileSync(floorFile, `${JSON.stringify(next, null, 2)}\n`);
}
