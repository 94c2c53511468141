/** The reason given where a signal has aborted, without the cost of an error's stack. */
export const aborted = Symbol("aborted");

/**
 * What `work` comes to, or {@link aborted} as soon as `signal` aborts; the late result of `work` is then ignored, also
 * where it is a failure.
 */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | typeof aborted> {
  const { promise, resolve } = Promise.withResolvers<typeof aborted>();
  const stop = () => resolve(aborted);
  work.catch(() => undefined);
  if (signal.aborted) return aborted;
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
