import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createSinkHttp } from "@forewarn/agent/http";
import type { AnySinkDefinition, Sink } from "@forewarn/sdk";
import { afterAll, describe, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/writing-a-sink.md"), "utf8");

/** The page's code by the file that the first line of each block names. */
const blocks = new Map(
  [...page.matchAll(/^```(?:ts|yaml)\n(?:\/\/|#) (\S+)\n([\s\S]*?)^```$/gm)].map(
    ([, file = "", code = ""]) => [file, code] as const,
  ),
);

// Not below node_modules, where neither Node nor vitest takes TypeScript.
const place = mkdtempSync(join(tmpdir(), "forewarn-docs-"));
for (const [file, code] of blocks) writeFileSync(join(place, file), code);
symlinkSync(join(root, "node_modules"), join(place, "node_modules"));
writeFileSync(join(place, "package.json"), '{ "type": "module" }');
writeFileSync(
  join(place, "tsconfig.json"),
  JSON.stringify({ extends: join(root, "tsconfig.json"), include: ["*.ts"] }),
);
afterAll(() => rmSync(place, { recursive: true, force: true }));

test("every block of code of the page is one of these files", () => {
  expect([...blocks.keys()]).toEqual(["my-sink.ts", "forewarn.yaml", "pager.ts", "bulk.ts", "pager.test.ts"]);
  expect(page.match(/^```(ts|yaml)$/gm)).toHaveLength(blocks.size);
});

test("every link of the page leads to a file", () => {
  const links = [...page.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path = ""]) => path);
  expect(links.length).toBeGreaterThan(2);
  expect(links.filter((path) => !existsSync(join(root, "docs", path)))).toEqual([]);
});

test("the fifteen lines are examples/custom-sink, and so is their configuration", () => {
  const example = (file: string) => readFileSync(join(root, "examples/custom-sink", file), "utf8");
  expect(blocks.get("my-sink.ts")).toBe(example("my-sink.ts"));
  expect(example("my-sink.ts").trimEnd().split("\n").length).toBeLessThanOrEqual(15);
  expect(example("forewarn.yaml")).toContain(blocks.get("forewarn.yaml"));
});

test("the code has the types that it says", () => {
  const { status, stdout } = spawnSync("tsc", ["-p", place], { encoding: "utf8" });
  expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
});

// Its own tests, from the page, which hold pager.ts to the contract.
await import(join(place, "pager.test.ts"));

describe("bulk.ts", () => {
  test("settles by the status of each event", async () => {
    await using service = await startService();
    const { bulk } = (await import(join(place, "bulk.ts"))) as { readonly bulk: AnySinkDefinition };
    const sink = (await bulk.open(
      { url: service.url } as never,
      { request: service.http.request, clock: { now: () => 0 } } as never,
    )) as Sink;
    const deliver = async (...statuses: readonly number[]) => {
      service.statuses = statuses;
      const encoded = statuses.map((status) => JSON.stringify({ id: `e${status}` }));
      const batch = {
        id: "b",
        attempt: 1,
        encoded,
        events: encoded.map((text) => JSON.parse(text) as never),
      };
      const { signal } = new AbortController();
      return sink.deliver(batch, { signal }).catch((error: unknown) => error);
    };
    expect(await deliver(201, 201)).toBeUndefined();
    expect(service.bodies).toEqual([[{ id: "e201" }, { id: "e201" }]]);
    expect(await deliver(201, 400, 503)).toMatchObject({
      code: "FOREWARN_PARTIAL_DELIVERY",
      delivered: [0],
      rejected: [{ index: 1, reason: "not understood" }],
    });
    expect(await deliver()).toMatchObject({ code: "FOREWARN_RETRY", status: 503 });
  });
});

/** A service that answers a bulk with the statuses it is told, or 503 where it is told none. */
async function startService() {
  const bodies: unknown[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => (body += text));
    request.on("end", () => {
      bodies.push(JSON.parse(body));
      if (service.statuses.length === 0) response.writeHead(503).end();
      else response.end(JSON.stringify(service.statuses.map((status) => ({ status }))));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const http = createSinkHttp({ environment: {} });
  const service = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/bulk`,
    bodies,
    http,
    statuses: [] as readonly number[],
    async [Symbol.asyncDispose]() {
      await http.close();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return service;
}
