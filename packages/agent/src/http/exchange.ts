import type { Response } from "@forewarn/sdk";
import type { Dispatcher } from "undici";
import { collect } from "./limited-body.ts";

/**
 * Sends one request over a pool and resolves with the answer's head; its body is collected meanwhile. Rejects with what
 * undici says, or with the reason of `signal`, at once where that aborts: undici alone heeds it only when it has a
 * connection, and one that is being made would be waited for.
 *
 * Not undici's `request`: its body is a stream, which for an answer without one costs as much as all the rest.
 */
export function exchange(
  pool: Dispatcher,
  options: Dispatcher.DispatchOptions,
  signal: AbortSignal | undefined,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const body = collect();
    let controller: Dispatcher.DispatchController | undefined;

    const abort = () => end(signal?.reason as Error);
    /** An error after the head is one of the body. */
    function end(error: Error): void {
      signal?.removeEventListener("abort", abort);
      controller?.abort(error);
      body.fail(error);
      reject(error);
    }
    signal?.addEventListener("abort", abort, { once: true });

    pool.dispatch(options, {
      onRequestStart(given) {
        controller = given;
        if (signal?.aborted === true) given.abort(signal.reason as Error);
      },
      onResponseStart(_, statusCode, headers) {
        if (statusCode >= 200) resolve({ statusCode, headers, body: body.reader });
      },
      onResponseData(given, chunk) {
        if (!body.add(chunk)) given.abort(new Error("the answer is longer than anybody reads"));
      },
      onResponseEnd() {
        signal?.removeEventListener("abort", abort);
        body.end();
      },
      onResponseError: (_, error) => end(error),
    });
  });
}
