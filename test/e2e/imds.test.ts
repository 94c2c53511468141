import { type Simulator, startSimulator } from "@forewarn/imds-simulator";
import { afterAll, beforeAll, expect, test } from "vitest";
import { forewarn, temporaryPlace } from "./forewarn.ts";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ rateLimit: 1000 });
});
afterAll(() => simulator.close());

async function ask(...line: readonly string[]) {
  await using agent = forewarn(["imds", ...line], { env: { FOREWARN_IMDS_ENDPOINT: simulator.url } });
  const code = await agent.exited();
  return { code, stdout: agent.stdout(), stderr: agent.stderr() };
}

test.concurrent("the commands below imds, in its help and each with its own", async () => {
  const { stdout } = await ask("--help");
  for (const name of ["token", "attested", "loadbalancer", "versions"]) {
    expect(stdout).toMatch(new RegExp(`^  imds ${name} +[A-Z].*[.]$`, "m"));
    const own = await ask(name, "--help");
    expect(own.code).toBe(0);
    expect(own.stdout).toContain(`Usage: forewarn imds ${name} [options]`);
    for (const line of own.stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(130);
  }
});

test.concurrent("versions: one on each line, the newest last", async () => {
  const { code, stdout } = await ask("versions");
  const versions = stdout.trimEnd().split("\n");
  expect([code, versions]).toEqual([0, versions.toSorted()]);
  expect(versions.length).toBeGreaterThan(20);
});

test.concurrent("a token is shown only where it shall be", async () => {
  const line = ["token", "--resource", "https://eventhubs.azure.net"];
  const { code, stdout, stderr } = await ask(...line);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/^ {2}aud +https:\/\/eventhubs\.azure\.net/m);
  const { stdout: json } = await ask(...line, "--json", "--show-secret");
  const { accessToken } = JSON.parse(json) as { readonly accessToken: string };
  for (const part of accessToken.split(".")) expect(stdout).not.toContain(part);
});

test.concurrent("an attested document is verified by the built binary, too", async () => {
  using place = temporaryPlace();
  const root = place.file("root.pem", await (await fetch(`${simulator.url}/pki/root.pem`)).text());
  const good = await ask("attested", "--nonce", "1234567890", "--verify", "--ca", root);
  expect([good.code, good.stderr]).toEqual([0, ""]);
  expect(good.stdout).toContain("Verified: it was signed under the roots of");
  const bad = await ask("attested", "--nonce", "1234567890", "--verify");
  expect(bad.code).toBe(1);
  expect(bad.stderr).toBe("forewarn imds attested: the document is not to be trusted: chain\n");
});

test.concurrent("the load balancer, or that there is none", async () => {
  const { code, stderr } = await ask("loadbalancer");
  expect(code).toBe(1);
  expect(stderr).toContain("stands behind no load balancer of a non-basic SKU");
});
