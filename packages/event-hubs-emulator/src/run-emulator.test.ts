import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

import { runEmulator } from "./run-emulator.ts";
import { makeCertificate } from "./fixtures/certificate.ts";
import { produce } from "./fixtures/clients.ts";

/** Runs the command line until it ends by itself, or `use` does. */
async function run(argv: readonly string[], use: (said: () => string) => Promise<unknown> = async () => {}) {
  let out = "";
  let err = "";
  let wake = Promise.withResolvers<void>();
  const stop = new AbortController();
  const write = (text: string) => {
    wake.resolve();
    wake = Promise.withResolvers();
    return text;
  };
  const ended = runEmulator(argv, {
    stdout: { write: (text) => (out += write(text)) },
    stderr: { write: (text) => (err += write(text)) },
    signal: stop.signal,
  });
  await Promise.race([ended, wake.promise]);
  await use(() => out + err);
  stop.abort();
  return { code: await ended, out, err };
}

const connectionString = (said: string) => /^Endpoint=.*$/m.exec(said)?.[0] ?? "";

test("serves the hubs and keys it was given, and says how to connect", async () => {
  const argv = ["--port", "0", "--hub", "vm-events:2", "--hub", "other", "--key", "sender:c2VjcmV0PT0=:send"];
  const { code, out, err } = await run(argv, async (said) => {
    const producer = produce(connectionString(said()), "vm-events");
    expect(await producer.getPartitionIds()).toEqual(["0", "1"]);
    await producer.sendBatch([{ body: "x" }]);
  });
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toContain("not Microsoft's): vm-events (2 partitions), other (4 partitions)");
  expect(out).toContain(
    ";SharedAccessKeyName=sender;SharedAccessKey=c2VjcmV0PT0=;UseDevelopmentEmulator=true\n",
  );
});

test("with --print, stdout holds an event per line and nothing else", async () => {
  const { out, err } = await run(["--port", "0", "--control-port", "0", "--print"], async (said) => {
    const control = /Control API: (\S+)/.exec(said())?.[1] ?? "";
    expect(await (await fetch(`${control}/status`)).json()).toMatchObject({ hubs: [{ name: "hub" }] });
    const batch = [{ body: { a: 1 } }, { body: "two\nlines" }];
    await produce(connectionString(said())).sendBatch(batch, { partitionKey: "vm" });
  });
  const lines = out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as object);
  expect(lines).toMatchObject([{ partitionKey: "vm", json: { a: 1 } }, { json: "two\nlines" }]);
  expect(err).toContain("Endpoint=sb://127.0.0.1:");
});

test("takes TLS with the files it was given", async () => {
  const folder = await mkdtemp(join(tmpdir(), "forewarn-emulator-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const { key, cert } = makeCertificate();
  const [keyFile, certFile] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  await Promise.all([writeFile(keyFile, key), writeFile(certFile, cert)]);
  const argv = ["--port", "0", "--ws-port", "0", "--tls-key", keyFile, "--tls-cert", certFile];
  expect((await run(argv)).code).toBe(0);
  const broken = await run(["--port", "0", "--tls-key", certFile, "--tls-cert", certFile]);
  expect(broken).toMatchObject({
    code: 64,
    err: expect.stringContaining("The TLS key and certificate cannot be used"),
  });
  const missing = await run(["--port", "0", "--tls-key", join(folder, "no.pem"), "--tls-cert", certFile]);
  expect(missing).toMatchObject({ code: 69, err: expect.stringContaining("no.pem") });
});

test("a taken port is said clearly, with what to do, and nothing is left open", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  onTestFinished(() => void other.close());
  const { port } = other.address() as AddressInfo;
  for (const argv of [
    ["--port", `${port}`],
    ["--port", "0", "--ws-port", `${port}`],
    ["--port", "0", "--control-port", `${port}`],
  ]) {
    const { code, out, err } = await run(argv);
    expect({ code, out, err }).toEqual({
      code: 69,
      out: "",
      err: `event-hubs-emulator: Cannot listen on 127.0.0.1:${port}: the port is taken. Stop the program that listens there, or choose another port (0 picks a free one).\n`,
    });
  }
});

test.each([
  [["--prot", "1"], "Unknown option '--prot'. See --help for all options."],
  [["extra"], "Unexpected argument 'extra'"],
  [["--port"], "Option '--port <value>' argument missing. See --help"],
  [["--port", "70000"], '--port needs a port number, 0 to 65535, not "70000".'],
  [["--ws-port", "x"], "--ws-port needs a port number"],
  [["--control-port", "-1"], "Option '--control-port' argument is ambiguous. See --help"],
  [["--hub", "a:b"], '--hub needs NAME or NAME:PARTITIONS such as vm-events:4, not "a:b".'],
  [["--hub", "a:0"], 'Hub "a" needs 1 to 1024 partitions, not 0.'],
  [["--hub", "a", "--hub", "A"], 'There is already a hub "A".'],
  [["--key", "name"], "--key needs NAME:VALUE"],
  [["--key", "name:value:fly"], "--key needs NAME:VALUE"],
  [["--tls-key", "x"], "--tls-key and --tls-cert need each other"],
])("%j is wrong usage", async (argv, message) => {
  const { code, out, err } = await run(argv);
  expect({ code, out }).toEqual({ code: 64, out: "" });
  expect(err).toContain(`event-hubs-emulator: ${message}`);
});

test("the help says whose it is and what it does not do", async () => {
  const { code, out } = await run(["--help"]);
  expect(code).toBe(0);
  expect(out).toContain("not Microsoft's");
  for (const missing of ["geo-replication", "throughput units", "Kafka", "checkpoint store"])
    expect(out.replaceAll(/\s+/g, " ")).toContain(missing);
});
