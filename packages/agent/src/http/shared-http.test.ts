import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { silentLogger } from "../logger.ts";
import { createVirtualClock } from "../time/virtual-clock.ts";
import { createAuthority } from "./fixtures/authority.ts";
import { serveHttp, serveTls } from "./fixtures/loopback.ts";
import type { SinkHttp } from "./request.ts";
import { createSharedHttp, type SinkHttpSettings } from "./shared-http.ts";

// Certificates are valid from the second in which they are made.
const clock = createVirtualClock({ now: Date.now() + 3_600_000 });

/** The HTTP of each of these sinks, which are called `sink-0`, `sink-1`, … */
function shared(
  sinks: readonly Partial<SinkHttpSettings>[],
  log = silentLogger,
): readonly [SinkHttp, ...SinkHttp[]] {
  const http = createSharedHttp({ environment: {}, clock, log });
  onTestFinished(() => http.close());
  const all = sinks.map((sink, index) =>
    http.of({ name: `sink-${index}`, proxy: undefined, tls: undefined, ...sink }),
  );
  return all as unknown as readonly [SinkHttp, ...SinkHttp[]];
}

test("sinks with the same settings share one pool, each other has its own", async () => {
  const server = await serveHttp((_, response) => response.end());
  const tls = { ca: "/ca.pem" };
  const [first, second, third, fourth, fifth] = shared([{}, {}, { proxy: "off" }, { proxy: "off" }, { tls }]);
  expect(first).toBe(second);
  expect(third).toBe(fourth);
  expect(new Set([first, third, fifth]).size).toBe(3);
  for (const one of [first, second, third, fourth]) await (await one?.request(server.origin))?.body.dump();
  // One for each of two pools; the answer may be read before its connection is ready for the next request.
  expect(server.connections()).toBeGreaterThanOrEqual(2);
  expect(server.connections()).toBeLessThanOrEqual(4);
});

test("what is said of TLS files names every sink that uses them", async () => {
  const folder = mkdtempSync(join(tmpdir(), "forewarn-shared-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const authority = createAuthority("authority");
  const server = await serveTls(authority.issue("IP:127.0.0.1"), (_, response) => response.end("ok"));
  const tls = { ca: join(folder, "ca.pem") };
  writeFileSync(tls.ca, authority.pem);
  const said: unknown[] = [];
  const [first, , third] = shared([{ tls }, {}, { tls }], {
    ...silentLogger,
    warn: (message, fields) => said.push([message, fields]),
  });
  await (await first.request(server.origin)).body.dump();
  rmSync(tls.ca);
  await clock.advance(10_000);
  await (await third?.request(server.origin))?.body.dump();
  expect(said).toEqual([
    [
      `tls.ca: cannot read ${tls.ca}: there is no such file; correct the path; what was there before stays in use`,
      { sink: "sink-0, sink-2" },
    ],
  ]);
});
