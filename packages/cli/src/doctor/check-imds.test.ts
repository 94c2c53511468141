import { startSimulator } from "@forewarn/imds-simulator";
import { expect, onTestFinished, test } from "vitest";
import { checkAzure } from "./check-azure.ts";
import { checkClock } from "./check-clock.ts";
import { checkGuestProxy } from "./check-guest-proxy.ts";
import { checkIdentity } from "./check-identity.ts";
import { checkScheduledEvents } from "./check-scheduled-events.ts";
import { checkVersions } from "./check-versions.ts";
import { examine } from "./doctor.ts";
import { brief, findings, type Illness, patientOf } from "./fixtures/patient.ts";

const tag = { "/sys/class/dmi/id/chassis_asset_tag": "7783-7084-3265-9085-8269-3286-77\n" };

async function simulated(options: Parameters<typeof startSimulator>[0] = {}) {
  const simulator = await startSimulator(options);
  onTestFinished(() => simulator.close());
  const look = async (check: typeof checkAzure, illness: Illness = {}) => {
    const patient = patientOf(simulator.url, illness);
    const [, found] = [await findings(patient, checkAzure), await findings(patient, check)];
    return found;
  };
  return { simulator, look };
}

test("an Azure VM, by IMDS and by its firmware", async () => {
  const { simulator, look } = await simulated();
  expect(brief(await look(checkAzure, { files: tag }))).toEqual([
    "ok: This is the Azure VM web-01 (Standard_D2s_v5, westeurope, AzurePublicCloud): IMDS says so, and so does the firmware",
  ]);
  expect(brief(await look(checkAzure))[1]).toMatch(/^note: The firmware does not say/);
  simulator.respondNext({ status: 200, body: { compute: { vmId: "docker" } } });
  expect(brief(await findings(patientOf(simulator.url), checkAzure))).toEqual([
    'fail: Something answers as IMDS, but names no vmId that could be one ("docker")',
  ]);
});

test("no Azure VM, or one whose IMDS is away", async () => {
  const nobody = "http://169.254.169.254";
  const found = async (illness?: Illness) => (await findings(patientOf(nobody, illness), checkAzure))[0];
  expect(await found()).toMatchObject({ mark: "fail", cure: expect.stringContaining("--simulate") });
  expect((await found())?.text).toMatch(/^Nothing says that this is an Azure VM/);
  expect((await found({ files: tag }))?.text).toMatch(/^The firmware says that this is an Azure VM, but/);
});

test("the Metadata Security Protocol: refused, allowed, absent, and something else that refuses", async () => {
  const { simulator } = await simulated();
  const look = (illness?: Illness) => findings(patientOf(simulator.url, illness), checkGuestProxy);
  simulator.respondNext({ status: 403, body: "" });
  expect(await look()).toMatchObject([
    { mark: "fail", cure: expect.stringContaining("allow /usr/bin/node run by forewarn (uid 998)") },
  ]);
  simulator.respondNext({ status: 403, body: "unreachable" });
  expect(brief(await look())[0]).toMatch(/^skipped:/);
  const azure = "http://169.254.169.254";
  const files = { "/var/lib/azure-proxy-agent": "" };
  const at = (illness: Illness) => findings(patientOf(azure, illness), checkGuestProxy);
  expect(brief(await at({}))).toEqual(["ok: The Metadata Security Protocol is not in use"]);
  expect(brief(await at({ files }))[0]).toMatch(/^note: .* may be why IMDS does not answer$/);
  expect(brief(await at({ files, instance: {} }))[0]).toMatch(/^note: .* lets this program ask$/);
});

test("api-versions that the host knows, and does not", async () => {
  const { look } = await simulated();
  expect(brief(await look(checkVersions))[0]).toMatch(/^ok: The host knows api-version 2025-04-07/);
  const other = await simulated({ apiVersions: { instance: ["2019-06-01", "2021-02-01", "2026-01-01"] } });
  expect(brief(await other.look(checkVersions))).toEqual([
    "note: The host does not know api-version 2025-04-07; 2021-02-01 is asked for instead, and its newest is 2026-01-01",
  ]);
});

test.each([
  [["2026-01-01", "2024-07-17"], "which its list does not name; its newest is 2026-01-01"],
  [[], "although its list names none"],
])("a host that answers another api-version than its list names: %j", async (apiVersions, expected) => {
  const { simulator, look } = await simulated();
  simulator.respondWith(({ path }) =>
    path === "/metadata/versions" ? { status: 200, body: { apiVersions } } : undefined,
  );
  expect(brief(await look(checkVersions))).toEqual([
    `note: The host answers api-version 2025-04-07, ${expected}`,
  ]);
});

test("the whole doctor asks once for the api-versions", async () => {
  const { simulator } = await simulated();
  const found = await findings(patientOf(simulator.url), examine);
  expect(brief(found)).toContainEqual(expect.stringMatching(/^ok: The host knows api-version/));
  expect(simulator.requests.filter(({ path }) => path === "/metadata/versions")).toHaveLength(1);
});

test.each([
  [0, /^ok: The clock is Azure's within 3 s$/],
  [-20_000, /^note: The clock is \d+ s behind Azure's$/],
  [600_000, /^fail: The clock is 10 min( \d s)? ahead of Azure's: the notice that is left is told wrongly$/],
])("a clock that is %i ms off", async (offset, expected) => {
  const { look } = await simulated();
  const found = await look(checkClock, { machine: { now: () => Date.now() + offset } });
  expect(brief(found)[0]).toMatch(expected);
});

test("no attested time, no verdict on the clock", async () => {
  const { simulator } = await simulated();
  const patient = patientOf(simulator.url, { instance: {} });
  simulator.respondNext({ status: 404, body: "" });
  expect(brief(await findings(patient, checkClock))[0]).toMatch(/^skipped: Azure's time is not to be had/);
});

test("Scheduled Events: what it answers, and what polling means for restarts", async () => {
  const { simulator, look } = await simulated();
  simulator.schedule({ EventType: "Freeze" });
  const found = await look(checkScheduledEvents);
  expect(brief(found)[0]).toBe("ok: Scheduled Events answers, 1 event in incarnation 2");
  expect(brief(found)[1]).toMatch(/^note: .*waits up to 15 minutes/);
  expect(found).toHaveLength(2);
  simulator.respondWith(({ path }) =>
    path.endsWith("scheduledevents") ? { status: 500, body: "" } : undefined,
  );
  expect(brief(await look(checkScheduledEvents))[0]).toMatch(/^fail: Scheduled Events does not answer well/);
});

test("a scale set: termination has to be switched on, but for spot VMs", async () => {
  const { simulator, look } = await simulated({ vm: { vmScaleSetName: "pool", name: "pool_3" } });
  expect(brief(await look(checkScheduledEvents))[2]).toMatch(/^note: .*termination notifications/);
  simulator.updateVm({ priority: "Spot" });
  expect(brief(await look(checkScheduledEvents))[2]).toMatch(/^ok: A spot VM/);
});

test("a managed identity, none, and several", async () => {
  const { simulator, look } = await simulated();
  expect(brief(await look(checkIdentity))[0]).toMatch(/^ok: A managed identity is there: /);
  const answering = (error_description: string) =>
    simulator.respondWith(({ path }) =>
      path.includes("/identity/")
        ? { status: 400, body: { error: "invalid_request", error_description } }
        : undefined,
    );
  const none = answering("Identity not found");
  expect(brief(await look(checkIdentity))[0]).toMatch(/^note: There is no managed identity/);
  none();
  answering("Multiple user assigned identities exist, please specify the clientId");
  expect(brief(await look(checkIdentity))[0]).toMatch(/^ok: There are several managed identities/);
});

test("nothing more is asked of an IMDS that does not answer", async () => {
  const patient = patientOf("http://127.0.0.1:9");
  const found = await findings(patient, checkVersions, checkClock, checkScheduledEvents, checkIdentity);
  expect(found.map(({ mark }) => mark)).toEqual(["skipped", "skipped", "skipped", "skipped"]);
});
