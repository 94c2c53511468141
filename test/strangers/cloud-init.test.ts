import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { whyNoNamespace } from "../e2e/namespace.ts";
import { atAzure } from "./at-azure.ts";

/** Debian's own Python, for which its packages are. */
const PYTHON = "/usr/bin/python3";

const program = resolve(import.meta.dirname, "programs/cloud-init.py");
const userData = Buffer.from("#cloud-config\npackages: [jq]\n").toString("base64");
const why = whyNoNamespace() ?? whyNoCloudInit();
if (why !== undefined) console.log(`SKIPPED cloud-init at 169.254.169.254: ${why}`);

function whyNoCloudInit(): string | undefined {
  const { status } = spawnSync(PYTHON, ["-c", "from cloudinit.sources import DataSourceAzure"]);
  return status === 0
    ? undefined
    : "cloud-init is not installed (apt-get install --no-install-recommends cloud-init)";
}

const read = async (apiVersions?: {
  readonly instance: readonly string[];
  readonly scheduledEvents: readonly string[];
}) => {
  await using azure = await atAzure({ vm: { userData }, ...(apiVersions && { apiVersions }) });
  const ran = await azure.run(PYTHON, program);
  expect(ran, ran.stderr).toMatchObject({ status: 0 });
  return JSON.parse(ran.stdout) as unknown;
};

test.skipIf(why !== undefined)(
  "cloud-init's reader, unmodified, makes a machine of the simulated VM",
  async () => {
    expect(await read()).toMatchObject({
      metadata: {
        compute: { name: "web-01", location: "westeurope" },
        network: { interface: [{ macAddress: "000D3AF806EC" }] },
      },
      username: "azureuser",
      hostname: "web-01",
      disablePassword: true,
      userData,
      network: {
        version: 2,
        ethernets: {
          eth0: { dhcp4: true, match: { macaddress: "00:0d:3a:f8:06:ec" }, "set-name": "eth0" },
        },
      },
    });
  },
);

test.skipIf(why !== undefined)("and falls back to the api-version that an older host knows", async () => {
  const old = { instance: ["2019-03-11", "2019-06-01"], scheduledEvents: ["2019-08-01"] };
  expect(await read(old)).toMatchObject({
    metadata: { compute: { name: "web-01", resourceId: expect.any(String) } },
    // Hostname and user come from osProfile, which is younger.
    hostname: null,
    username: null,
  });
});
