import { request } from "node:http";
import { expect, test } from "vitest";

import type { Simulator } from "./simulator-api.ts";
import { startSimulator } from "./start-simulator.ts";
import { approval, ask, EVENTS } from "./testing/ask.ts";

const NAME = "/metadata/instance/compute/name?api-version=2021-02-01&format=text";

/** Asks from a source address of one's own, which fetch cannot. */
function askFrom(localAddress: string, url: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { Metadata: "true" };
    const asking = request(url + path, { localAddress, headers, agent: false }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("end", () => resolve(text));
    });
    asking.on("error", reject).end();
  });
}

/** Two VMs on two ports that follow each other, which another process may just have taken. */
async function onFollowingPorts(): Promise<Simulator> {
  for (;;) {
    try {
      const port = 20_000 + Math.floor(Math.random() * 10_000);
      return await startSimulator({ port, vms: [{}, {}] });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    }
  }
}

test("each VM has a port and a document of its own, and what nobody gave differs", async () => {
  await using simulator = await startSimulator({ vms: [{ name: "web_0" }, { name: "web_1" }, {}] });
  const urls = simulator.vms.map(({ url }) => url);
  expect(new Set(urls).size).toBe(3);
  expect(simulator.url).toBe(urls[0]);
  expect(await Promise.all(urls.map(async (url) => (await ask({ url }, NAME)).text))).toEqual([
    "web_0",
    "web_1",
    "web-03",
  ]);
  for (const field of ["vmId", "privateIpAddress", "publicIpAddress", "macAddress"] as const)
    expect(new Set(simulator.vms.map(({ vm }) => vm[field])).size, field).toBe(3);
});

test("all VMs see the events of all, and the approval of any counts for all", async () => {
  await using simulator = await startSimulator({ vms: [{ name: "web_0" }, { name: "web_1" }] });
  const [one, other] = simulator.vms;
  const { EventId } = simulator.schedule({ EventType: "Reboot", Resources: ["web_0"] });
  expect((await ask(other!, EVENTS)).json).toEqual((await ask(one!, EVENTS)).json);
  expect(await ask(other!, EVENTS, approval(EventId))).toMatchObject({ status: 200 });
  expect((await ask(one!, EVENTS)).json).toMatchObject({
    Events: [{ EventId, EventStatus: "Started", Resources: ["web_0"] }],
  });
  expect(await ask(one!, EVENTS, approval(EventId))).toMatchObject({ status: 200 });
});

test("requests, faults, limits and changes are of one VM", async () => {
  await using simulator = await startSimulator({ vms: [{}, {}], rateLimit: 2 });
  const [one, other] = simulator.vms;
  other!.respondNext({ status: 503 });
  other!.updateVm({ name: "renamed" });
  expect([(await ask(one!, NAME)).text, (await ask(other!, NAME)).status]).toEqual(["web-01", 503]);
  expect((await ask(other!, NAME)).text).toBe("renamed");
  expect([one!.requests.length, other!.requests.length]).toEqual([1, 2]);
  await ask(other!, NAME);
  expect((await ask(other!, NAME)).status).toBe(429);
  expect((await ask(one!, NAME)).status).toBe(200);
});

test("one port tells VMs apart by the address they ask from", async () => {
  await using simulator = await startSimulator({ vms: [{}, { name: "web_1" }, {}], bySource: true });
  const [first, second] = simulator.vms;
  expect(first!.url).toBe(second!.url);
  expect(simulator.vms.map(({ sourceAddress }) => sourceAddress)).toEqual([
    "127.0.0.2",
    "127.0.0.3",
    "127.0.0.4",
  ]);
  expect(await askFrom("127.0.0.3", first!.url, NAME)).toBe("web_1");
  expect(await askFrom("127.0.0.4", first!.url, NAME)).toBe("web-03");
  expect(await askFrom("127.0.0.1", first!.url, NAME)).toBe("web-01");
  expect(second!.requests).toMatchObject([{ remoteAddress: "127.0.0.3" }]);
});

test("ports follow the first one, and a taken one leaves nothing open", async () => {
  await using taken = await startSimulator();
  const port = Number(new URL(taken.url).port);
  await expect(startSimulator({ vms: [{}, { port }] })).rejects.toMatchObject({ code: "EADDRINUSE" });
  await using two = await onFollowingPorts();
  const [one, other] = two.vms.map(({ url }) => Number(new URL(url).port));
  expect(other).toBe((one ?? 0) + 1);
});

test.each([
  [{ vms: [] }, "at least one VM"],
  [{ vms: [{ name: "a" }, { name: "A" }] }, "Two VMs have the name A"],
  [{ vm: {}, vms: [{}] }, "either vm or vms"],
  [
    { bySource: true, vms: [{ sourceAddress: "127.0.0.9" }, { sourceAddress: "127.0.0.9" }] },
    "Two VMs have the source address 127.0.0.9",
  ],
])("%j is refused", async (options, words) => {
  await expect(startSimulator(options)).rejects.toThrow(words);
});
