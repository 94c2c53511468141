import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

import { runSimulator } from "./run-simulator.ts";
import { ask, EVENTS } from "./testing/ask.ts";

/** Runs the command until `enough(stdout)`, if it does not end by itself. */
async function run(argv: readonly string[], enough = (_text: string): boolean | Promise<boolean> => false) {
  const stop = new AbortController();
  const said = { out: "", err: "" };
  const code = runSimulator(argv, {
    stdout: { write: (text) => (said.out += text) },
    stderr: { write: (text) => (said.err += text) },
    signal: stop.signal,
    program: "forewarn simulate",
  });
  const ended = new AbortController();
  const end = code.finally(() => ended.abort());
  void (async () => {
    while (!ended.signal.aborted && !(await enough(said.out)))
      await new Promise((resolve) => setTimeout(resolve, 5));
    stop.abort();
  })();
  return { code: await end, ...said };
}

const anyPort = ["--listen", "127.0.0.1:0"];
const facts = (out: string) =>
  out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test("says where it stands, serves, and ends with 0", async () => {
  let name: unknown;
  const { code, out, err } = await run([...anyPort, "--name", "db-07"], async (text) => {
    const url = /simulated: (\S+)/.exec(text)?.[1];
    if (url === undefined) return false;
    const { json } = await ask({ url }, "/metadata/instance?api-version=2021-02-01");
    name = (json as { compute: { name: string } }).compute.name;
    return true;
  });
  expect({ code, err, name }).toEqual({ code: 0, err: "", name: "db-07" });
  expect(out).toMatch(
    /^Azure IMDS of VM db-07, simulated: http:\/\/127\.0\.0\.1:\d+\n +curl .*Metadata:true/,
  );
});

test("tells a scenario step by step and goes on serving", async () => {
  const argv = [...anyPort, "--scenario", "preempt-spot", "--time-scale", "10000"];
  const { code, out } = await run(argv, (text) => text.includes("still serving"));
  expect(code).toBe(0);
  expect(out.split("\n").slice(3, 6)).toEqual([
    expect.stringMatching(/^\d\d:\d\d:\d\dZ  #2  Preempt web-01: Scheduled, not before .+ GMT \(in \d s\)$/),
    expect.stringMatching(/#3  Preempt web-01: Started$/),
    expect.stringMatching(/#4  Preempt web-01: removed$/),
  ]);
});

test("tells of an approval and of an event that never started", async () => {
  let approved = false;
  const argv = [...anyPort, "--scenario", "cancelled", "--time-scale", "5000"];
  const { out } = await run(argv, (text) => text.includes("still serving"));
  expect(out).toContain("Freeze web-01: removed, never started");

  const { out: second } = await run([...anyPort, "--scenario", "redeploy-user", "--json"], async (text) => {
    const [listening, , added] = text.split("\n").map((line) => line && JSON.parse(line));
    if (!approved && added) {
      approved = true;
      const body = JSON.stringify({ StartRequests: [{ EventId: added.event.EventId }] });
      await ask(listening, EVENTS, { method: "POST", headers: { Metadata: "true" }, body });
    }
    return text.includes('"approved"');
  });
  expect(facts(second).map(({ action }) => action)).toEqual(["listening", "playing", "added", "approved"]);
});

test("a loop plays again with a fresh id and ends promptly in its pause", async () => {
  const argv = [...anyPort, "--scenario", "hardware-failure", "--time-scale", "100000", "--loop", "--json"];
  const { code, out } = await run(argv, (text) => text.split('"removed"').length > 2);
  const added = facts(out).filter(({ action }) => action === "added");
  expect(code).toBe(0);
  expect(added).toHaveLength(2);
  expect(new Set(added.map(({ event }) => (event as { EventId: string }).EventId)).size).toBe(2);
});

test("--help and --list end at once", async () => {
  expect(await run(["--help"])).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^Usage: forewarn simulate \[options\]\n/),
  });
  const list = await run(["--list"]);
  expect(list.out.trim().split("\n")).toHaveLength(13);
  expect(list.out).toMatch(/^preempt-spot +10\.5 min  Azure takes/m);
  expect(facts((await run(["--list", "--json"])).out)[0]).toMatchObject({
    name: "freeze-live-migration",
    seconds: 1200,
  });
});

test.each([
  [["--scenari", "demo"], 'Unknown option --scenari. Did you mean "--scenario"? See --help for all options.'],
  [["-x"], "Unknown option -x. See --help for all options."],
  [["demo"], 'Unexpected argument "demo". A scenario is given with --scenario NAME.'],
  [["--scenario"], "Option '--scenario <value>' argument missing"],
  [["--json=yes"], "Option '--json' does not take an argument"],
  [["--loop"], "--loop needs a scenario: add --scenario NAME."],
  [["--name", ""], "--name needs a VM name."],
  [["--by-source", "--name", "a"], "--by-source tells several VMs apart: give each its --name."],
  [["--rate-limit", "0"], '--rate-limit needs a whole number from 1 to 1000000, not "0".'],
  [["--control-port", "x"], '--control-port needs a whole number from 0 to 65535, not "x".'],
  [
    ["--replay", "a.json", "--scenario", "demo"],
    "--replay brings its own VM and events: leave out --scenario, --name and --enabling.",
  ],
  [["--time-scale", "0"], '--time-scale needs a positive number such as 60, not "0".'],
  [["--time-scale", "fast"], '--time-scale needs a positive number such as 60, not "fast".'],
  [["--listen", "here"], '--listen needs HOST:PORT such as 127.0.0.1:8169 or [::1]:8169, not "here".'],
  [
    ["--listen", "127.0.0.1:70000"],
    '--listen needs HOST:PORT such as 127.0.0.1:8169 or [::1]:8169, not "127.0.0.1:70000".',
  ],
])("%j is refused with one line and 64", async (argv, message) => {
  expect(await run(argv)).toEqual({ code: 64, out: "", err: `forewarn simulate: ${message}\n` });
});

test("an unknown scenario is answered with the closest and all", async () => {
  const { code, err } = await run(["--scenario", "rebot-user"]);
  expect(code).toBe(64);
  expect(err).toMatch(
    /Unknown scenario "rebot-user"\. Did you mean "reboot-user"\? Known: .*demo; a file is given as \.\/rebot-user\.yaml\.\n$/,
  );
});

test("several VMs, a limit and a control API", async () => {
  let status: unknown;
  const argv = [...anyPort, "--name", "a_0", "--name", "a_1", "--rate-limit", "1", "--control-port", "0"];
  const { code, out } = await run(argv, async (text) => {
    const control = /^Control API: (\S+)$/m.exec(text)?.[1];
    if (control === undefined) return false;
    await fetch(`${control}/events`, { method: "POST", body: '{"EventType":"Reboot"}' });
    const url = /VM a_1, simulated: (\S+)/.exec(text)?.[1] ?? "";
    status = [(await ask({ url }, EVENTS)).json, (await ask({ url }, EVENTS)).status];
    return true;
  });
  expect(code).toBe(0);
  expect(status).toMatchObject([{ Events: [{ Resources: ["a_0"] }] }, 429]);
  expect(out).toContain("Reboot a_0: Scheduled");
});

test("one port for several VMs tells how each is asked", async () => {
  const argv = [...anyPort, "--name", "a_0", "--name", "a_1", "--by-source"];
  const { out } = await run(argv, (text) => text !== "");
  expect(out).toMatch(
    /VM a_1, simulated: \S+, asked from 127\.0\.0\.3\n {2}curl -s --noproxy '\*' --interface 127\.0\.0\.3 /,
  );
});

test("a file brings its VMs and is played; one that is wrong is explained with 78", async () => {
  const file = fileURLToPath(new URL("../scenarios/scale-set-rollout.yaml", import.meta.url));
  const { out } = await run([...anyPort, "--scenario", file, "--time-scale", "100000"], (text) =>
    text.includes("still serving"),
  );
  expect(out).toMatch(/VM web_2, simulated/);
  expect(out).toMatch(/Freeze web_1, web_2: removed$/m);
  expect(await run([...anyPort, "--scenario", "./nothing.yaml"])).toEqual({
    code: 78,
    out: "",
    err: "./nothing.yaml error SCENARIO_UNREADABLE: there is no such file\n  help: give the path of a scenario file, or one of the names of --list\n",
  });
});

test("an address that cannot be used is said with 69", async () => {
  expect(await run(["--listen", "192.0.2.1:8169"])).toMatchObject({
    code: 69,
    out: "",
    err: expect.stringMatching(/^forewarn simulate: Cannot listen on 192\.0\.2\.1:8169: this machine has no/),
  });
});

test.each([["8169"], ["[::1]:0"], ["localhost:0"]])("--listen takes %s", async (listen) => {
  const { err } = await run(["--listen", listen], (text) => text !== "");
  // This machine may lack IPv6 or have the port taken: what matters is that the form is understood.
  expect(err).not.toContain("--listen needs");
});
