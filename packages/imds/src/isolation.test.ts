import { spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, getGlobalDispatcher, setGlobalDispatcher } from "undici";
import { expect, onTestFinished, test } from "vitest";
import { createImdsClient } from "./client.ts";
import { rejectionOf } from "./fixtures/failures.ts";
import { startHttpServer, startTcpServer } from "./fixtures/loopback-server.ts";

const IMDS = new URL("./imds.ts", import.meta.url).href;

/** Runs a program in a Node of its own, with the package's source; resolves to what it printed. */
const run = async (program: string, env: Readonly<Record<string, string>> = {}): Promise<string> => {
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    env: { ...process.env, NODE_OPTIONS: "", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let printed = "";
  child.stdout.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  await once(child, "close");
  return printed;
};

test("no proxy variable diverts a request, although it diverts fetch in the same process", async () => {
  const proxy = await startTcpServer((socket) =>
    socket.end("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
  );
  const imds = await startHttpServer(() => ({ body: { apiVersions: ["direct"] } }));
  const printed = await run(
    `import { createImdsClient } from ${JSON.stringify(IMDS)};
     const endpoint = ${JSON.stringify(imds.endpoint)};
     const byFetch = await fetch(endpoint + "/metadata/versions").then((r) => r.ok, () => false);
     const byClient = await createImdsClient({ endpoint }).versions();
     console.log(JSON.stringify({ byFetch, byClient }));`,
    {
      NODE_USE_ENV_PROXY: "1",
      HTTP_PROXY: proxy.endpoint,
      http_proxy: proxy.endpoint,
      HTTPS_PROXY: proxy.endpoint,
      ALL_PROXY: proxy.endpoint,
      NO_PROXY: "",
      no_proxy: "",
    },
  );
  expect(JSON.parse(printed)).toEqual({ byFetch: false, byClient: ["direct"] });
  expect(proxy.connections()).toBe(1);
  expect(imds.connections()).toBe(1);
});

test("a global dispatcher diverts nothing", async () => {
  const before = getGlobalDispatcher();
  onTestFinished(() => setGlobalDispatcher(before));
  let dispatched = 0;
  const spy = new Agent().compose((dispatch) => (options, handler) => {
    dispatched += 1;
    return dispatch(options, handler);
  });
  setGlobalDispatcher(spy);
  const server = await startHttpServer(() => ({ body: { apiVersions: ["direct"] } }));
  const client = createImdsClient({ endpoint: server.endpoint });
  onTestFinished(() => client.close());
  expect(await client.versions()).toEqual(["direct"]);
  expect(dispatched).toBe(0);
});

test("a redirect is an error and not followed", async () => {
  const elsewhere = await startHttpServer(() => ({ body: { apiVersions: [] } }));
  const server = await startHttpServer(() => ({ status: 302, headers: { location: elsewhere.endpoint } }));
  const client = createImdsClient({ endpoint: server.endpoint });
  onTestFinished(() => client.close());
  expect(await rejectionOf(client.versions())).toMatchObject({
    code: "redirected",
    status: 302,
    retryable: false,
  });
  expect(elsewhere.received).toHaveLength(0);
});

test("a client that is not closed keeps no process alive, and loads no more of undici than it needs", async () => {
  const server = await startHttpServer(() => ({ body: { apiVersions: ["x"] } }));
  const start = performance.now();
  const printed = await run(
    `import { createRequire } from "node:module";
     import { createImdsClient } from ${JSON.stringify(IMDS)};
     await createImdsClient({ endpoint: ${JSON.stringify(server.endpoint)} }).versions();
     const loaded = Object.keys(createRequire(import.meta.url).cache).filter((file) => file.includes("undici"));
     console.log(loaded.some((file) => /fetch|websocket|mock|proxy-agent/.test(file)));`,
  );
  expect(printed.trim()).toBe("false");
  // The idle connection itself would live for four seconds.
  expect(performance.now() - start).toBeLessThan(3_000);
});

test("the client loads no library for certificates, which only the verifier needs", async () => {
  const printed = await run(
    `import { registerHooks } from "node:module";
     const loaded = [];
     registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
     const about = () => loaded.filter((url) => /pkijs|asn1js/.test(url)).length;
     await import(${JSON.stringify(IMDS)});
     const client = about();
     await import(${JSON.stringify(new URL("./attested/attested.ts", import.meta.url).href)});
     console.log(JSON.stringify({ client, verifier: about() > 0 }));`,
  );
  expect(JSON.parse(printed)).toEqual({ client: 0, verifier: true });
});
