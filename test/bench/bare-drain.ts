/**
 * What anybody would write to post many events: undici, the same that the agent has, as many requests under way as
 * connections, no disk, no retry, no order.
 *
 * `node bare-drain.ts URL EVENTS CONNECTIONS EVENTS_PER_REQUEST`
 */
import { createRequire } from "node:module";
import type { Pool as UndiciPool } from "undici";
import { eventJson } from "./backlog-file.ts";

const { Pool } = createRequire(import.meta.resolve("@forewarn/agent"))("undici") as {
  readonly Pool: typeof UndiciPool;
};
const [url = "", ...numbers] = process.argv.slice(2);
const [events = 0, connections = 1, perRequest = 1] = numbers.map(Number);
const { origin, pathname: path } = new URL(url);
const pool = new Pool(origin, { connections, pipelining: 1 });
const encoded = Array.from({ length: events }, (_, index) => eventJson(index, index));
const isBatch = perRequest > 1;
const headers = { "content-type": `application/cloudevents${isBatch ? "-batch" : ""}+json` };
let next = 0;

async function lane(): Promise<void> {
  while (next < events) {
    const part = encoded.slice(next, (next += perRequest));
    const body = isBatch ? `[${part.join(",")}]` : (part[0] ?? "");
    const response = await pool.request({ path, method: "POST", headers, body });
    await response.body.dump();
  }
}

await Promise.all(Array.from({ length: connections }, lane));
// Whoever measures looks at its memory yet.
setInterval(() => {}, 60_000);
