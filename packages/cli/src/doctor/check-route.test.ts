import { expect, test } from "vitest";
import { checkRoute } from "./check-route.ts";
import { brief, findings, patientOf } from "./fixtures/patient.ts";

const head = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT";
const row = (
  device: string,
  [destination, gateway, mask]: readonly [string, string, string],
  metric = 100,
  flags = "0003",
) => `${device}\t${destination}\t${gateway}\t${flags}\t0\t0\t${metric}\t${mask}\t0\t0\t0`;

const anywhere = ["00000000", "0100000A", "00000000"] as const;
const imdsAlone = ["FEA9FEA9", "0100000A", "FFFFFFFF"] as const;
const linkLocal = ["0000FEA9", "00000000", "0000FFFF"] as const;
const subnet = ["0000000A", "00000000", "00FFFFFF"] as const;

const looked = async (...rows: readonly string[]) =>
  brief(
    await findings(
      patientOf("http://169.254.169.254", { files: { "/proc/net/route": [head, ...rows, ""].join("\n") } }),
      checkRoute,
    ),
  );

test("the route that the kernel would take, and through which interface", async () => {
  expect(await looked(row("eth0", anywhere), row("eth0", subnet))).toEqual([
    "ok: 169.254.169.254 is reached through eth0, by 10.0.0.1",
  ]);
  expect(await looked(row("eth0", anywhere), row("eth0", imdsAlone))).toEqual([
    "ok: 169.254.169.254 is reached through eth0, by 10.0.0.1",
  ]);
  expect(await looked(row("eth1", anywhere, 200), row("eth0", anywhere, 100))).toEqual([
    "ok: 169.254.169.254 is reached through eth0, by 10.0.0.1",
  ]);
});

test("an interface that is not the primary one", async () => {
  expect(await looked(row("eth0", anywhere), row("eth1", linkLocal))).toEqual([
    "note: 169.254.169.254 is reached through eth1, directly, but the default route leads through eth0",
  ]);
});

test("no route, or one that is down", async () => {
  const none = ["fail: There is no route to 169.254.169.254"];
  expect(await looked(row("eth0", subnet))).toEqual(none);
  expect(await looked(row("eth0", anywhere, 100, "0002"))).toEqual(none);
  const answering = patientOf("http://169.254.169.254", { instance: {}, files: { "/proc/net/route": head } });
  expect(brief(await findings(answering, checkRoute))).toEqual([
    "ok: 169.254.169.254 answers, by a route beside the main table",
  ]);
});

test("nothing where IMDS is elsewhere, or the system shows no routes", async () => {
  expect(brief(await findings(patientOf("http://127.0.0.1:8169"), checkRoute))).toEqual([
    "skipped: The route does not matter for http://127.0.0.1:8169",
  ]);
  const windows = patientOf("http://169.254.169.254", { machine: { platform: "win32" } });
  expect(await findings(windows, checkRoute)).toMatchObject([
    { mark: "skipped", cure: "look yourself: Find-NetRoute -RemoteIPAddress 169.254.169.254" },
  ]);
});
