import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, globSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { temporaryPlace } from "./forewarn.ts";

/** A systemd that runs as process 1 of a container of its own, with only the units that it is given. */
export interface Systemd extends AsyncDisposable {
  systemctl(...args: readonly string[]): Promise<Ran>;
  /** Some properties of a unit. */
  show(unit: string, ...properties: readonly string[]): Promise<Readonly<Record<string, string>>>;
  /** A file in the container; empty where there is none. */
  read(path: string): string;
}

/** What became of a command. */
interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const binary = "/lib/systemd/systemd";
const isUnified = existsSync("/sys/fs/cgroup/cgroup.controllers");
const hierarchies = isUnified ? ["/sys/fs/cgroup"] : ["/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified"];

/**
 * Private mounts over all that would be written, then systemd in place of the shell. Within the container they are
 * shared, as systemd makes them on a machine: credentials are mounted for a service from a namespace of their own.
 */
const insideScript = `
set -e
mount --make-rprivate /
mount -t tmpfs tmpfs /run
for folder in etc usr/local var/lib var/log; do
  mkdir -p /run/over/$folder/upper /run/over/$folder/work
  mount -t overlay overlay -o lowerdir=/$folder,upperdir=/run/over/$folder/upper,workdir=/run/over/$folder/work /$folder
done
cp -r "$FILES/." /
${
  isUnified
    ? "mount -t cgroup2 cgroup2 /sys/fs/cgroup"
    : `mount -t tmpfs tmpfs /sys/fs/cgroup
mkdir /sys/fs/cgroup/systemd /sys/fs/cgroup/unified
mount -t cgroup -o none,name=systemd cgroup /sys/fs/cgroup/systemd
mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified`
}
mount --make-rshared /
exec env -i container=forewarn-test SYSTEMD_UNIT_PATH=/etc/systemd/units ${binary} --system --log-target=console --show-status=0
`;

/** What the dependencies of every unit ask for. */
const stubs = ["default", "basic", "sysinit", "shutdown", "network", "multi-user", "timers"];
const stub = "[Unit]\nDefaultDependencies=no\n";

let count = 0;

/** Starts it with these files, by their paths; units belong into `etc/systemd/units`. */
export async function bootSystemd(files: Readonly<Record<string, string>>): Promise<Systemd> {
  const place = temporaryPlace();
  const group = `forewarn-e2e-${process.pid}-${count++}`;
  const units = stubs.map((name) => [`etc/systemd/units/${name}.target`, stub] as const);
  for (const [path, text] of [...units, ...Object.entries(files)]) {
    const file = join(place.path, "files", path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { mode: text.startsWith("#!") ? 0o755 : 0o644 });
  }
  const enter = hierarchies.map(
    (path) => `mkdir ${path}/${group} && echo $$ > ${path}/${group}/cgroup.procs`,
  );
  const unshare = "exec unshare --mount --pid --fork --cgroup --uts --ipc --mount-proc /bin/sh -c";
  const outside = spawn("/bin/sh", ["-ec", `${enter.join("\n")}\n${unshare} "$INSIDE"`], {
    env: { PATH: process.env["PATH"], FILES: join(place.path, "files"), INSIDE: insideScript },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  outside.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));

  const inside = () => Number(readFileSync(`/proc/${outside.pid}/task/${outside.pid}/children`, "utf8"));
  const systemctl = (...args: readonly string[]) =>
    new Promise<Ran>((resolve) => {
      const all = ["-t", String(inside()), "-m", "-p", "systemctl", ...args];
      const child = execFile("nsenter", all, (_, stdout, stderr) =>
        resolve({ status: child.exitCode, stdout, stderr }),
      );
    });
  // A test that is given up must not leave a systemd behind.
  const kill = () => void endNow(outside, inside);
  process.once("exit", kill);
  const dispose = async () => {
    process.off("exit", kill);
    const exited = once(outside, "exit");
    if (endNow(outside, inside)) await exited;
    for (const path of hierarchies
      .flatMap((folder) => globSync(`${folder}/${group}/**/`))
      .toSorted((one, other) => other.length - one.length))
      rmdirSync(path);
    place[Symbol.dispose]();
  };

  const until = Date.now() + 20_000;
  while (outside.exitCode !== null || !(await isUp(systemctl))) {
    if (outside.exitCode !== null || Date.now() > until) {
      await dispose();
      throw new Error(`systemd does not run: ${said}`);
    }
    await new Promise((next) => setTimeout(next, 50));
  }
  return {
    systemctl,
    async show(unit, ...properties) {
      const { stdout } = await systemctl("show", unit, "-p", properties.join(","));
      return Object.fromEntries(
        stdout
          .trimEnd()
          .split("\n")
          .map((line) => line.split(/=(.*)/s, 2)),
      );
    },
    read(path) {
      const file = join(`/proc/${inside()}/root`, path);
      return existsSync(file) ? readFileSync(file, "utf8") : "";
    },
    [Symbol.asyncDispose]: dispose,
  };
}

async function isUp(systemctl: Systemd["systemctl"]): Promise<boolean> {
  try {
    return (await systemctl("is-active", "default.target")).stdout.trim() === "active";
  } catch {
    // There is no process inside yet.
    return false;
  }
}

/** Process 1 takes all others of its container with it; false where there is none any more. */
function endNow(outside: ChildProcess, inside: () => number): boolean {
  if (outside.exitCode !== null) return false;
  const pid = inside();
  if (pid === 0) outside.kill("SIGKILL");
  else process.kill(pid, "SIGKILL");
  return true;
}

/** Why systemd cannot be run so, or undefined where it can. */
export async function whyNoSystemd(): Promise<string | undefined> {
  if (process.platform !== "linux") return `${process.platform} has no systemd`;
  if (process.getuid?.() !== 0) return "not root";
  for (const program of [binary, "/usr/bin/systemd-notify", "/usr/bin/unshare", "/usr/bin/nsenter"])
    if (!existsSync(program)) return `there is no ${program}`;
  try {
    await (await bootSystemd({}))[Symbol.asyncDispose]();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
