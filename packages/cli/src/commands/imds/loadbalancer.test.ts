import { startSimulator } from "@forewarn/imds-simulator";
import { expect, test } from "vitest";
import { told } from "../../fixtures/told.ts";
import { imds } from "./imds.ts";
import { loadBalancerText } from "./loadbalancer.ts";

/** The sample of Azure's documentation. */
const document = {
  publicIpAddresses: [{ frontendIpAddress: "51.0.0.1", privateIpAddress: "10.1.0.4" }],
  inboundRules: [
    {
      frontendIpAddress: "50.0.0.1",
      protocol: "tcp",
      frontendPort: 80,
      backendPort: 443,
      privateIpAddress: "10.1.0.4",
    },
    {
      frontendIpAddress: "2603:10e1:100:2::1:1",
      protocol: "tcp",
      frontendPort: 80,
      backendPort: null,
      privateIpAddress: "",
    },
  ],
  outboundRules: [],
};

test("tables of what there is", () => {
  expect(loadBalancerText(document).split("\n")).toEqual([
    "Public addresses",
    "  FRONTEND  VM",
    "  51.0.0.1  10.1.0.4",
    "",
    "Inbound rules",
    "  FRONTEND                   PROTOCOL  VM",
    "  50.0.0.1:80                tcp       10.1.0.4:443",
    "  [2603:10e1:100:2::1:1]:80  tcp       -:?",
    "",
  ]);
  expect(loadBalancerText({ publicIpAddresses: [], inboundRules: [], outboundRules: [] })).toBe(
    "The load balancer has no rule for this VM.\n",
  );
});

test("no text of IMDS steers a terminal", () => {
  const rule = { frontendIpAddress: "\u001b[2J51.0.0.1\n", privateIpAddress: "\u009b" };
  const text = loadBalancerText({ publicIpAddresses: [rule], inboundRules: [], outboundRules: [] });
  expect(text.split("\n")[2]).toBe("  [2J51.0.0.1  -");
});

test("JSON for programs, and a sentence where there is no load balancer", async () => {
  await using simulator = await startSimulator();
  const ask = (...line: readonly string[]) =>
    told(imds, ["loadbalancer", ...line], { env: { FOREWARN_IMDS_ENDPOINT: simulator.url } });
  simulator.respondNext({ status: 200, body: { loadbalancer: document } });
  expect(JSON.parse((await ask("--json")).stdout)).toEqual(document);
  simulator.respondNext({ status: 404, body: { error: "No load balancer metadata is found." } });
  const { code, stderr } = await ask();
  expect(code).toBe(1);
  expect(stderr).toContain("stands behind no load balancer of a non-basic SKU");
  expect(stderr).toMatch(/^ {2}IMDS says: No load balancer metadata is found\.$/m);
});
