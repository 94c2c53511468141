import type { Clock } from "@forewarn/sdk";

/** Does work that is told by `deadline` when its time is up. */
export async function within<T>(
  clock: Clock,
  ms: number,
  work: (deadline: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = new AbortController();
  const done = new AbortController();
  void clock.sleep(ms, done.signal).then(() => deadline.abort());
  try {
    return await work(deadline.signal);
  } finally {
    done.abort();
  }
}
