import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { AskError } from "./ask.ts";
import { follow, type Live } from "./live.ts";

async function serve(answer: (response: ServerResponse, url: string) => void): Promise<string> {
  const server = createServer((request, response) => answer(response, request.url ?? ""));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function all(url: string, types: readonly string[] = []): Promise<readonly Live[]> {
  const found: Live[] = [];
  for await (const live of follow(url, types, new AbortController().signal)) found.push(live);
  return found;
}

test("frames that come in any pieces, between signs of life and things that are not known", async () => {
  const text = [
    'event: hello\ndata: {"version":"1","sinks":["ops"]}\n\n',
    ":\n\n",
    'event: later\ndata: {"what":"ever"}\n\n',
    'event: event\ndata: {"seq":1,"event":{"type":"täst"}}\n\n',
    'event: delivery\ndata: {"sink":"ops","attempt":2,"ms":3,"seq":1,"event":{"type":"t"}}\n\n',
    'event: event\ndata: {"torn',
  ].join("");
  const bytes = Buffer.from(text);
  for (const size of [1, 7, bytes.length]) {
    const url = await serve((response) => {
      for (let at = 0; at < bytes.length; at += size) response.write(bytes.subarray(at, at + size));
      response.end();
    });
    expect(await all(url)).toEqual([
      { kind: "hello", version: "1", sinks: ["ops"] },
      { kind: "event", seq: 1, event: { type: "täst" } },
      { kind: "delivery", sink: "ops", attempt: 2, ms: 3, seq: 1, event: { type: "t" } },
    ]);
  }
});

test("the types are asked for, each by itself", async () => {
  let asked = "";
  const url = await serve((response, path) => {
    asked = path;
    response.end();
  });
  await all(url, ["io.forewarn.a.*", "b&c"]);
  expect(asked).toBe("/api/v1/events?types=io.forewarn.a.*&types=b%26c");
});

test("another answer than a stream, and nobody: why, in a sentence", async () => {
  const url = await serve((response) => void response.writeHead(503).end("As many as may be.\nMore.\n"));
  await expect(all(url)).rejects.toThrow(new AskError(`${url} answers 503: As many as may be.`));
  const gone = createServer().listen(0, "127.0.0.1");
  await once(gone, "listening");
  const { port } = gone.address() as AddressInfo;
  await new Promise((closed) => gone.close(closed));
  await expect(all(`http://127.0.0.1:${port}`)).rejects.toThrow("nobody listens there");
});
