import type { Writable } from "node:stream";
import { type Batch, MisconfiguredError, RetryError, type Sink } from "@forewarn/sdk";

/** A batch on its way to the reader. */
interface Writing {
  readonly batch: Batch["id"];
  readonly taken: Promise<void>;
}

/**
 * A sink that writes to an open stream that belongs to the process. A batch is delivered when the reader's end has taken
 * it (a pipe: into its buffer); until then nothing more is written, so that a slow reader holds up nothing but this sink.
 */
export function openStandardOutput(stream: Writable): Sink {
  let current: Writing | undefined;
  /** A batch that was taken after its attempt had been given up: its next attempt has nothing to do. */
  let takenLate: Batch["id"] | undefined;
  let failure: Error | undefined;
  if (!stream.listeners("error").includes(ignore)) stream.on("error", ignore);

  function write({ id, encoded }: Batch): Writing {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    // Of a write that failed a part may stand there: its line is ended.
    const text = `${failure === undefined ? "" : "\n"}${encoded.join("\n")}\n`;
    stream.write(text, (error) => {
      current = undefined;
      failure = error ? outputError(error) : undefined;
      if (failure === undefined) resolve();
      else reject(failure);
    });
    return { batch: id, taken: promise };
  }

  return {
    async deliver(batch, { signal }) {
      signal.throwIfAborted();
      // Of an attempt that was given up, the write goes on: another batch waits until it is done.
      if (current !== undefined && current.batch !== batch.id) {
        await unlessAborted(current.taken.catch(ignore), signal);
      }
      const isTaken = takenLate === batch.id;
      takenLate = undefined;
      if (isTaken) return;
      const { taken } = (current ??= write(batch));
      const giveUp = () => void taken.then(() => (takenLate = batch.id)).catch(ignore);
      signal.addEventListener("abort", giveUp, { once: true });
      await unlessAborted(taken, signal).finally(() => signal.removeEventListener("abort", giveUp));
    },
    async probe() {
      // A reader that has gone does not come back.
      if (failure instanceof MisconfiguredError) throw failure;
    },
  };
}

/** A failed write tells of itself; without a listener the stream's own event would end the process. */
function ignore(): void {}

function outputError(error: Error): Error {
  const { code = "", message } = error as NodeJS.ErrnoException;
  if (code === "EPIPE" || code === "ERR_STREAM_DESTROYED") {
    return new MisconfiguredError(
      `nobody reads standard output any more (${code}): start the agent again, with a reader that stays`,
      { status: code, cause: error },
    );
  }
  return new RetryError(`cannot write to standard output: ${message}`, { status: code, cause: error });
}

async function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason as Error);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  try {
    await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
