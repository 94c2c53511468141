import { request } from "node:http";

/** What came of one request: an answer of whatever status, or none. */
export type Outcome =
  | { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly text: string }
  | { readonly failure: "connection-lost" | "refused" | "timeout" };

const KEPT_HEADERS = ["content-type", "server", "etag", "retry-after", "location"];
const BODY_LIMIT = 16 * 1024 * 1024;

/** Asks IMDS as it is, on a connection of its own that knows no proxy; never rejects. */
export function askImds(endpoint: string, target: string, timeoutMs: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const fail = (error: NodeJS.ErrnoException) =>
      resolve({ failure: signal.aborted ? "timeout" : failureOf(error) });
    const asking = request(
      endpoint.replace(/\/$/, "") + target,
      { agent: false, signal, headers: { Metadata: "true" } },
      (response) => {
        const chunks: Buffer[] = [];
        let length = 0;
        response.on("data", (chunk: Buffer) => {
          length += chunk.length;
          if (length > BODY_LIMIT) response.destroy(new Error("too large"));
          else chunks.push(chunk);
        });
        response.on("error", fail);
        response.on("end", () => {
          const headers = KEPT_HEADERS.flatMap((name) => {
            const value = response.headers[name];
            return typeof value === "string" ? [[name, value]] : [];
          });
          resolve({
            status: response.statusCode ?? 0,
            headers: Object.fromEntries(headers) as Record<string, string>,
            text: Buffer.concat(chunks).toString("utf8"),
          });
        });
      },
    );
    asking.on("error", fail).end();
  });
}

function failureOf({ code = "" }: NodeJS.ErrnoException): "connection-lost" | "refused" {
  return ["ECONNREFUSED", "ENETUNREACH", "EHOSTUNREACH", "EHOSTDOWN", "EADDRNOTAVAIL"].includes(code)
    ? "refused"
    : "connection-lost";
}
