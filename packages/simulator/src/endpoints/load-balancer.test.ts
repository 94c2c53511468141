import { afterAll, beforeAll, expect, test } from "vitest";

import type { Simulator } from "../simulator-api.ts";
import { startSimulator } from "../start-simulator.ts";
import { ask } from "../testing/ask.ts";

const PATH = "/metadata/loadbalancer?api-version=2020-10-01";
const rules = {
  publicIpAddresses: [{ frontendIpAddress: "51.0.0.1", privateIpAddress: "10.1.0.4" }],
  inboundRules: [
    {
      frontendIpAddress: "50.0.0.1",
      protocol: "tcp",
      frontendPort: 80,
      backendPort: 443,
      privateIpAddress: "10.1.0.4",
    },
  ],
  outboundRules: [{ frontendIpAddress: "50.0.0.1", privateIpAddress: "10.1.0.4" }],
};

let simulator: Simulator;
beforeAll(async () => void (simulator = await startSimulator({ vm: { loadBalancer: rules } })));
afterAll(() => simulator.close());

test("the rules of a load balancer, with ports that are numbers", async () => {
  expect(await ask(simulator, PATH)).toMatchObject({ status: 200, json: { loadbalancer: rules } });
});

test("a VM behind none gets 404, in the words of Azure's documentation", async () => {
  await using standalone = await startSimulator();
  expect(await ask(standalone, PATH)).toMatchObject({
    status: 404,
    json: { error: expect.stringContaining("No load balancer metadata is found.") },
  });
});

test("POST is not allowed, in the words of Azure's documentation", async () => {
  const answer = await ask(simulator, PATH, { method: "POST", headers: { Metadata: "true" } });
  expect(answer).toMatchObject({
    status: 405,
    json: { error: `Http method isn't allowed: Path = "/metadata/loadbalancer", Method = "POST"` },
  });
});

test("it came with 2020-10-01, and an older host than that does not have it", async () => {
  const early = PATH.replace("2020-10-01", "2020-09-01");
  expect(await ask(simulator, early)).toMatchObject({
    status: 400,
    json: { "newest-versions": ["2025-04-07", "2024-07-17", "2024-03-15"] },
  });
  expect(await ask(simulator, `${PATH.replace("?", "/nothing?")}`)).toMatchObject({ status: 404 });
  await using old = await startSimulator({ apiVersions: { instance: ["2019-06-01", "2019-11-01"] } });
  expect(await ask(old, PATH)).toMatchObject({ status: 400 });
});
