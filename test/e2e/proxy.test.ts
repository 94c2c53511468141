import { startSimulator } from "@forewarn/imds-simulator";
import { expect, test } from "vitest";
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
