const tick = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/**
 * Whether a promise settles within so many milliseconds of the event loop's own time: as many timers of 1 ms, one after
 * another. So a machine that stands still is not blamed on the sink.
 */
export async function settlesWithin(ms: number, promise: Promise<unknown>): Promise<boolean> {
  const done = { settled: false };
  const settle = () => {
    done.settled = true;
  };
  promise.then(settle, settle);
  for (let turn = 0; turn < ms && !done.settled; turn++) await tick(1);
  return done.settled;
}

/** Waits until something holds; fails with `complaint` where it does not within `ms`. */
export async function until(holds: () => boolean, ms: number, complaint: string): Promise<void> {
  const deadline = performance.now() + ms;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(complaint);
    await tick(2);
  }
}
