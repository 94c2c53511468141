import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { eventually } from "./eventually.ts";
import { forewarn, type Place, temporaryPlace } from "./forewarn.ts";

const root = resolve(import.meta.dirname, "../..");

/** Puts a program of this name before all others, which records its arguments as a line of `calls`, and does what `text` says. */
function fakeProgram(place: Place, name: string, text = "") {
  const bin = join(place.path, "bin");
  mkdirSync(bin, { recursive: true });
  const calls = join(place.path, "calls");
  writeFileSync(join(bin, name), `#!/bin/sh\necho "$*" >> '${calls}'\ncd '${place.path}'\n${text}\n`, {
    mode: 0o755,
  });
  return {
    path: `${bin}${delimiter}${process.env["PATH"]}`,
    calls: () => (existsSync(calls) ? readFileSync(calls, "utf8").trimEnd().split("\n") : []),
  };
}

/** Runs a script of an example for one phase, as the sink would. */
function runScript(script: string, phase: string, env: Readonly<Record<string, string>>) {
  const { status, stdout, stderr } = spawnSync(join(root, "examples", script), {
    encoding: "utf8",
    env: {
      PATH: process.env["PATH"],
      FOREWARN_PHASE: phase,
      FOREWARN_EVENT_ID: "A1",
      FOREWARN_EVENT_TYPE: "Reboot",
      FOREWARN_NOT_BEFORE: "",
      FOREWARN_SECONDS_LEFT: "0",
      ...env,
    },
  });
  return { status, stdout, stderr };
}

/** A kubectl that keeps what it is told of the node in files. */
const node = `
case "$1 $2" in
"get node") printf '%s {' "$(cat cordoned 2>/dev/null)"; cat annotations 2>/dev/null; printf '}' ;;
"annotate node")
  for last; do :; done
  case $last in
  *=*) echo "\\"\${last%%=*}\\"" >> annotations ;;
  *-) grep -v "\\"\${last%-}\\"" annotations > left; mv left annotations ;;
  esac ;;
"cordon "*) echo true > cordoned ;;
"uncordon "*) rm cordoned ;;
"drain "*) exit "\${DRAIN_STATUS:-0}" ;;
esac`;

const verbs = (calls: readonly string[]) => calls.map((call) => call.split(" ")[0]);

describe("against the simulator", () => {
  test.concurrent("drain-service: out before each event, and back after it", async () => {
    using place = temporaryPlace();
    const systemctl = fakeProgram(place, "systemctl");
    const directory = join(place.path, "drain");
    await using agent = forewarn(
      ["run", "--simulate", "demo", "-c", "examples/drain-service/forewarn.yaml"],
      {
        cwd: root,
        env: { PATH: systemctl.path, DRAIN_DIRECTORY: directory, DRAIN_SECONDS: "0", DRAIN_SERVICE: "web" },
      },
    );
    const out = join(directory, "draining");
    await eventually(() => existsSync(out), agent.stderr);
    await eventually(() => !existsSync(out), agent.stderr);
    expect(await agent.exited()).toBe(0);
    expect(existsSync(out)).toBe(false);
    expect(systemctl.calls()).toEqual(["stop web", "start web", "stop web", "start web"]);
    expect(agent.stdout()).toMatch(/\n {2}drain +6 delivered, 0 left on disk, 0 dead\n/);
    expect(agent.stderr()).toContain("stdout: out of the load balancer: Reboot, not before 20");
    expect(agent.stderr()).toContain("stdout: back in the load balancer: Preempt is over (completed)");
    expect(agent.stderr()).not.toContain("Freeze");
  });

  test.concurrent("approvals: Azure may begin when the drain has ended, before its time", async () => {
    using place = temporaryPlace();
    const directory = join(place.path, "drain");
    await using agent = forewarn(
      ["run", "--simulate", "demo", "--json", "-c", "examples/approvals/forewarn.yaml"],
      { cwd: root, env: { PATH: process.env["PATH"] ?? "", DRAIN_DIRECTORY: directory, DRAIN_SECONDS: "0" } },
    );
    expect(await agent.exited()).toBe(0);
    const { summary } = JSON.parse(agent.stdout()) as {
      readonly summary: {
        readonly stories: readonly { readonly eventType: string; readonly phases: readonly string[] }[];
      };
    };
    const storyOf = (eventType: string) =>
      summary.stories.find((story) => story.eventType === eventType)?.phases;
    expect(storyOf("Reboot")).toEqual(["scheduled", "approved", "started", "completed"]);
    expect(storyOf("Preempt")).toEqual(["scheduled", "started", "completed"]);
    expect(agent.stderr()).toMatch(/Reboot \S+ is approved: Azure may start it at any moment/);
    expect(existsSync(join(directory, "draining"))).toBe(false);
  });

  test.concurrent("kubectl-drain: cordon, drain, uncordon, with a kubectl that is none", async () => {
    using place = temporaryPlace();
    const kubectl = fakeProgram(place, "kubectl", node);
    await using agent = forewarn(
      ["run", "--simulate", "demo", "-c", "examples/kubectl-drain/forewarn.yaml"],
      {
        cwd: root,
        env: { PATH: kubectl.path, NODE_NAME: "aks-pool-1" },
      },
    );
    expect(await agent.exited()).toBe(0);
    const told = ["get", "annotate", "cordon", "drain"];
    const over = ["get", "annotate", "get", "uncordon"];
    expect(verbs(kubectl.calls())).toEqual([...told, ...told, ...over, ...told, ...told, ...over]);
    const [get, annotate, cordon, drain] = kubectl.calls();
    expect(get).toBe("get node aks-pool-1 -o jsonpath={.spec.unschedulable} {.metadata.annotations}");
    expect(annotate).toMatch(/^annotate node aks-pool-1 --overwrite forewarn\.io\/drain-[\w-]{36}=Reboot$/);
    expect(cordon).toBe("cordon aks-pool-1");
    expect(drain).toMatch(
      /^drain aks-pool-1 --ignore-daemonsets --delete-emptydir-data --timeout=\ds --grace-period=\d$/,
    );
    expect(agent.stdout()).toMatch(/\n {2}drain +6 delivered, 0 left on disk, 0 dead\n/);
  });
});

describe("examples/drain-service", () => {
  const script = "drain-service/drain.sh";

  test("stays out while another event is not over, and may be run twice", () => {
    using place = temporaryPlace();
    const env = { DRAIN_DIRECTORY: join(place.path, "drain"), DRAIN_SECONDS: "30" };
    const run = (phase: string, id: string) => runScript(script, phase, { ...env, FOREWARN_EVENT_ID: id });
    const isOut = () => existsSync(join(place.path, "drain/draining"));
    for (const phase of ["scheduled", "scheduled", "started"]) {
      expect([run(phase, "A1").status, isOut()]).toEqual([0, true]);
    }
    expect(run("scheduled", "B2").stdout).toBe("already out\n");
    expect(run("completed", "A1").stdout).toBe("stays out: event B2 is not over\n");
    expect(isOut()).toBe(true);
    expect(run("canceled", "B2").stdout).toBe("back in the load balancer: Reboot is over (canceled)\n");
    expect([run("canceled", "B2").status, isOut()]).toEqual([0, false]);
  });

  test("asks to be run again where something fails, and for a person where a program is missing", () => {
    using place = temporaryPlace();
    place.file("file", "");
    expect(runScript(script, "scheduled", { DRAIN_DIRECTORY: join(place.path, "file") }).status).toBe(75);
    const env = { DRAIN_DIRECTORY: join(place.path, "drain"), DRAIN_SERVICE: "web" };
    const { path } = fakeProgram(place, "systemctl", "exit 5");
    expect(runScript(script, "scheduled", { ...env, PATH: path }).status).toBe(75);
    // All that the script needs, but no systemctl.
    const bare = join(place.path, "bare");
    mkdirSync(bare);
    for (const name of ["sh", "mkdir", "touch", "sleep"]) {
      const found = spawnSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).stdout.trim();
      symlinkSync(found, join(bare, name));
    }
    expect(runScript(script, "scheduled", { ...env, PATH: bare }).status).toBe(127);
    expect(runScript(script, "scheduled", { ...env, FOREWARN_EVENT_ID: "../x" }).status).toBe(64);
  });
});

describe("examples/kubectl-drain", () => {
  const script = "kubectl-drain/drain-node.sh";

  test("stays cordoned while another event is not over", () => {
    using place = temporaryPlace();
    const kubectl = fakeProgram(place, "kubectl", node);
    const run = (phase: string, id: string) =>
      runScript(script, phase, { PATH: kubectl.path, NODE_NAME: "n", FOREWARN_EVENT_ID: id });
    for (const id of ["A1", "A1", "B2"]) expect(run("scheduled", id).status).toBe(0);
    expect(run("completed", "A1").stdout).toBe("n stays cordoned: another event is not over\n");
    expect(kubectl.calls().includes("uncordon n")).toBe(false);
    expect(run("completed", "B2").status).toBe(0);
    expect(kubectl.calls().at(-1)).toBe("uncordon n");
    expect(run("completed", "B2").status).toBe(0);
    expect(kubectl.calls().at(-1)).toContain("get node");
  });

  test("drains, but never uncordons, a node that somebody else has cordoned", () => {
    using place = temporaryPlace();
    const kubectl = fakeProgram(place, "kubectl", node);
    place.file("cordoned", "true");
    for (const phase of ["scheduled", "completed"]) {
      expect(runScript(script, phase, { PATH: kubectl.path, NODE_NAME: "n" }).status).toBe(0);
    }
    expect(verbs(kubectl.calls())).toEqual(["get", "drain", "get"]);
  });

  test("has time limits that kubectl does not take for none", () => {
    using place = temporaryPlace();
    const kubectl = fakeProgram(place, "kubectl", node);
    const limits = ["", "0", "30", "900"].map((left) => {
      runScript(script, "scheduled", { PATH: kubectl.path, NODE_NAME: "n", FOREWARN_SECONDS_LEFT: left });
      return kubectl.calls().at(-1)?.replace("drain n --ignore-daemonsets --delete-emptydir-data ", "");
    });
    const least = "--timeout=5s --grace-period=5";
    expect(limits).toEqual([least, least, "--timeout=30s --grace-period=30", "--timeout=840s"]);
  });

  test.each([
    ["a drain that fails with time left: again", { DRAIN_STATUS: "1", FOREWARN_SECONDS_LEFT: "60" }, 75],
    ["a drain that fails too late: no more", { DRAIN_STATUS: "1" }, 1],
    ["a kubectl that cannot run: a person", { DRAIN_STATUS: "127" }, 127],
    ["no name of a node", { NODE_NAME: "" }, 2],
    ["an id that is none", { FOREWARN_EVENT_ID: "a/b" }, 64],
  ])("%s", (_, env, status) => {
    using place = temporaryPlace();
    const { path } = fakeProgram(place, "kubectl", node);
    expect(runScript(script, "scheduled", { PATH: path, NODE_NAME: "n", ...env }).status).toBe(status);
  });

  test("a cluster that does not answer: again", () => {
    using place = temporaryPlace();
    const { path } = fakeProgram(place, "kubectl", "echo refused >&2; exit 1");
    const { status, stderr } = runScript(script, "scheduled", { PATH: path, NODE_NAME: "n" });
    expect([status, stderr]).toEqual([75, "refused\n"]);
  });
});
