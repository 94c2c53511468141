import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

const afterMs = 5000;

/**
 * Collects garbage once, a while from now: what only the start needed would stay for good in a process that mostly
 * idles, some 5 MB (docs/decisions/0009-small-in-memory.md). It holds up the process for some 20 ms, and does not keep
 * it alive.
 */
export function tidyHeapLater(): void {
  const collect = () => {
    setFlagsFromString("--expose-gc");
    const gc = runInNewContext("gc") as (options: object) => void;
    // A usual collection keeps the pages that it empties.
    gc({ type: "major", flavor: "last-resort" });
  };
  setTimeout(collect, afterMs).unref();
}
