/**
 * Calls what the user of the library gave. What it throws is thrown where nothing catches it, since rhea would take it for a
 * broken connection and swallow it; the call itself then gives undefined.
 */
export function surface<Result>(call: () => Result): Result | undefined {
  try {
    return call();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
    return undefined;
  }
}
