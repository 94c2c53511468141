import { readdirSync, readlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const rounds = 6;
/** What ends meanwhile of others' may hide as much. */
const tolerance = 2;
const patienceMs = 2000;

/**
 * What grows with every round: handles that keep the process alive, and on Linux open files. The first round does not
 * count, since it loads and caches; whatever is late to close has 2 s.
 */
export async function growth(round: () => Promise<void>): Promise<readonly string[]> {
  await round();
  const before = open();
  for (let count = 0; count < rounds; count++) await round();
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const grown = grownSince(before);
    if (grown.length === 0 || performance.now() > deadline) return grown;
    await sleep(20);
  }
}

function grownSince(before: ReadonlyMap<string, number>): readonly string[] {
  return [...open()]
    .filter(([kind, count]) => count - (before.get(kind) ?? 0) >= rounds - tolerance)
    .map(([kind, count]) => `${kind}: ${before.get(kind) ?? 0} before, ${count} after ${rounds} rounds`);
}

function open(): ReadonlyMap<string, number> {
  const kinds = [...process.getActiveResourcesInfo(), ...files()];
  return new Map([...Map.groupBy(kinds, (kind) => kind)].map(([kind, all]) => [kind, all.length]));
}

/** What each descriptor of this process is: `open file`, `socket`, `pipe`, …; nothing where there is no `/proc`. */
function files(): readonly string[] {
  const directory = "/proc/self/fd";
  try {
    return readdirSync(directory).flatMap((name) => kindOf(`${directory}/${name}`));
  } catch {
    return [];
  }
}

function kindOf(path: string): readonly string[] {
  try {
    const target = readlinkSync(path);
    return [target.startsWith("/") ? "open file" : `descriptor of a ${target.replace(/:.*/, "")}`];
  } catch {
    // The descriptor by which the directory was read is closed by now.
    return [];
  }
}
