import { createServer } from "node:https";
import type { TLSSocket } from "node:tls";
import { startSimulator } from "@forewarn/imds-simulator";
import { expect, test } from "vitest";
import { createAuthority } from "../../packages/agent/src/http/fixtures/authority.ts";
import { listen } from "../../packages/agent/src/http/fixtures/loopback.ts";
import { serveProxy } from "../../packages/agent/src/http/fixtures/proxy.ts";
import { configured, fileSink } from "./configuration.ts";
import { eventually } from "./eventually.ts";
import { forewarn, temporaryPlace } from "./forewarn.ts";
import { startTestReceiver } from "./receiver.ts";

const scheduled = "io.forewarn.scheduledevent.scheduled";

test("behind a proxy events go through it, and IMDS is asked directly", async () => {
  using place = temporaryPlace();
  await using simulator = await startSimulator();
  await using receiver = await startTestReceiver();
  const proxy = await serveProxy({ login: "agent:hunter2hunter2" });
  // Only the proxy knows where this is.
  const url = receiver.url.replace("127.0.0.1", "receiver.test");
  const sinks = { hook: { type: "webhook", options: { url } }, audit: fileSink(place) };
  const through = `http://agent:hunter2hunter2@127.0.0.1:${proxy.port}`;
  await using agent = forewarn(["run", "-c", configured(place, { imds: simulator.url, sinks })], {
    env: {
      // With it, Node itself would proxy even loopback.
      NODE_USE_ENV_PROXY: "1",
      HTTP_PROXY: through,
      HTTPS_PROXY: through,
      NO_PROXY: "",
    },
  });
  simulator.schedule({ EventType: "Reboot" });
  await eventually(() => receiver.events.some(({ type }) => type === scheduled), agent.stderr);
  expect(await agent.end()).toBe(0);
  expect(new Set(proxy.asked)).toEqual(new Set([`POST ${url}`]));
});

test("a sink's own proxy that refuses pauses that sink alone, and is named without its password", async () => {
  using place = temporaryPlace();
  await using simulator = await startSimulator();
  await using receiver = await startTestReceiver();
  const proxy = await serveProxy({ refuse: 403 });
  const sinks = {
    secure: {
      type: "webhook",
      proxy: `http://agent:\${env:PROXY_PASSWORD}@127.0.0.1:${proxy.port}`,
      options: { url: "https://receiver.test/events" },
    },
    direct: { type: "webhook", proxy: "off", options: { url: receiver.url } },
  };
  await using agent = forewarn(["run", "-c", configured(place, { imds: simulator.url, sinks })], {
    env: { PROXY_PASSWORD: "hunter2hunter2", HTTP_PROXY: "http://127.0.0.1:9" },
  });
  simulator.schedule({ EventType: "Reboot" });
  await eventually(() => receiver.events.some(({ type }) => type === scheduled), agent.stderr);
  await agent.says(`the proxy http://127.0.0.1:${proxy.port} answered 403 to CONNECT`);
  expect(await agent.end()).toBe(0);
  expect(agent.stdout() + agent.stderr()).not.toContain("hunter2");
  expect(new Set(proxy.asked)).toEqual(new Set(["CONNECT receiver.test:443"]));
});

test("a sink shows the certificate that lies beside the configuration, through a proxy", async () => {
  using place = temporaryPlace();
  await using simulator = await startSimulator();
  const authority = createAuthority("e2e");
  const client = authority.issue("DNS:agent.test", "open sesame");
  const shown: string[] = [];
  const settings = { ...authority.issue("DNS:receiver.test"), ca: authority.pem, requestCert: true };
  const server = createServer(settings, (request, response) => {
    shown.push((request.socket as TLSSocket).getPeerCertificate().subjectaltname ?? "none");
    response.writeHead(204).end();
  });
  const receiver = await listen(server, "https");
  const proxy = await serveProxy();
  for (const [name, text] of Object.entries({ ca: authority.pem, cert: client.cert, key: client.key }))
    place.file(`${name}.pem`, text);
  const tls = { ca: "ca.pem", cert: "./cert.pem", key: "key.pem", passphrase: "${env:PASSPHRASE}" };
  const options = { url: `https://receiver.test:${receiver.port}/events` };
  const sinks = { hook: { type: "webhook", proxy: proxy.origin, tls, options } };
  await using agent = forewarn(["run", "-c", configured(place, { imds: simulator.url, sinks })], {
    cwd: "/",
    env: { PASSPHRASE: "open sesame" },
  });
  simulator.schedule({ EventType: "Reboot" });
  await eventually(() => shown.length > 0, agent.stderr);
  expect(await agent.end()).toBe(0);
  expect(new Set(shown)).toEqual(new Set(["DNS:agent.test"]));
  expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT receiver.test:${receiver.port}`]));
});
