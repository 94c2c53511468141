import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Finding } from "./fixtures/namespace-process.ts";
import { isForbidden } from "./guard.ts";
import { createSinkHttp } from "./request.ts";

const forbidden = [
  "169.254.169.254",
  "169.254.0.0",
  "169.254.255.255",
  "168.63.129.16",
  "::ffff:169.254.169.254",
  "::ffff:a9fe:a9fe",
  "::FFFF:A9FE:A9FE",
  "0:0:0:0:0:ffff:a9fe:a9fe",
  "::ffff:168.63.129.16",
  "::ffff:a83f:8110",
  "fe80::1",
  "fe80::1%eth0",
  "febf::1",
  "[fe80::1]",
  "[::ffff:169.254.169.254]",
];

const allowed = [
  "127.0.0.1",
  "::1",
  "[::1]",
  "10.0.0.4",
  "172.16.0.1",
  "192.168.1.1",
  "169.253.255.255",
  "169.255.0.0",
  "168.63.129.15",
  "168.63.129.17",
  "8.8.8.8",
  "::ffff:127.0.0.1",
  "::ffff:10.0.0.4",
  "fec0::1",
  "fd00::1",
  "2001:db8::1",
];

describe("isForbidden", () => {
  test.each(forbidden)("%s is", (address) => {
    expect(isForbidden(address)).toBe(true);
  });

  test.each([...allowed, "example.com", "169.254.169.254.example.com", ""])("%s is not", (address) => {
    expect(isForbidden(address)).toBe(false);
  });
});

describe("a forbidden address in the URL, however it is written", () => {
  test.each([
    ["169.254.169.254", "169.254.169.254"],
    ["169.254.169.254.", "169.254.169.254"],
    ["2852039166", "169.254.169.254"],
    ["0xa9fea9fe", "169.254.169.254"],
    ["0251.0376.0251.0376", "169.254.169.254"],
    ["168.63.129.16", "168.63.129.16"],
    ["[::ffff:169.254.169.254]", "::ffff:a9fe:a9fe"],
    ["[::ffff:168.63.129.16]", "::ffff:a83f:8110"],
    ["[fe80::1]", "fe80::1"],
  ])("%s", async (host, shown) => {
    const http = createSinkHttp();
    onTestFinished(() => http.close());
    const refusal = {
      code: "FOREWARN_MISCONFIGURED",
      message: `refused to connect to ${shown}: sinks may not reach link-local addresses or Azure's wire server; use another URL`,
    };
    for (const scheme of ["http", "https"]) {
      const url = `${scheme}://${host}/metadata/identity/oauth2/token?resource=x`;
      await expect(http.request(url)).rejects.toMatchObject(refusal);
      await expect(http.fetch(url)).rejects.toMatchObject(refusal);
    }
  });
});

const isolated = spawnSync("unshare", ["-nm", "true"]).status === 0;
if (!isolated) {
  process.emitWarning("not tested, for want of `unshare -nm`: a name that resolves to a forbidden address");
}

test.skipIf(!isolated)(
  "a name that resolves to a forbidden address is refused before a request is sent (needs root)",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "forewarn-hosts-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const hosts = join(folder, "hosts");
    writeFileSync(hosts, "127.0.0.1 fine.test\n169.254.7.7 imds.test\n168.63.129.16 wire.test\n");
    const script = `ip link set lo up
      ip addr add 169.254.7.7/32 dev lo
      ip addr add 168.63.129.16/32 dev lo
      mount --bind "${hosts}" /etc/hosts
      exec "$0" --conditions=@forewarn/source "$1"`;
    const program = join(import.meta.dirname, "fixtures", "namespace-process.ts");
    const said = execFileSync("unshare", ["-nm", "sh", "-ec", script, process.execPath, program], {
      encoding: "utf8",
    });
    const findings = JSON.parse(said) as Record<string, Finding>;
    expect(findings["fine.test"]).toEqual({ request: "204", fetch: "204", requests: 2 });
    for (const [name, address] of [
      ["imds.test", "169.254.7.7"],
      ["wire.test", "168.63.129.16"],
    ] as const) {
      const refusal = `FOREWARN_MISCONFIGURED: refused to connect to ${name} (${address}): sinks may not reach link-local addresses or Azure's wire server; use another URL`;
      expect(findings[name]).toEqual({ request: refusal, fetch: refusal, requests: 0 });
    }
  },
);
