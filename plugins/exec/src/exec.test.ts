import { existsSync, readdirSync } from "node:fs";
import { expect, describe, it } from "vitest";
import { exec } from "./exec.ts";
import { batchOf, eventOf, open, pathOf, program, read, script, until } from "./fixtures/commands.ts";

describe("stdin", () => {
  it("is the stored text and a line feed, byte for byte", async () => {
    const { deliver } = await open({ command: script("cat > got") });
    const text = `{ "id":"1",  "é": "\\u0000 Ünï € 😀 \u2028 $(touch pwned) '\\n"}`;
    await deliver({ ...batchOf(eventOf()), encoded: [text] });
    expect(read("got")).toBe(`${text}\n`);
    expect(existsSync(pathOf("pwned"))).toBe(false);
  });

  it("may be large", async () => {
    const { deliver } = await open({ command: script("cat > got") });
    const event = eventOf({ description: "Ü".repeat(3_000_000) });
    await deliver(batchOf(event));
    expect(JSON.parse(read("got"))).toEqual(event);
  });

  it("need not be read, however large", async () => {
    const { deliver } = await open({ command: script("exec 0<&-; sleep 0.1; echo done > got") });
    for (const size of [1, 3_000_000]) await deliver(batchOf(eventOf({ description: "x".repeat(size) })));
    expect(read("got")).toBe("done\n");
  });
});

describe("the exit code", () => {
  const endingWith = async (text: string) => (await open({ command: script(text) })).errorOf();

  it("0: delivered, whatever was said", async () => {
    const { deliver, lines } = await open({ command: script("echo oh no >&2") });
    await deliver();
    expect(lines.at(-1)).toEqual({
      level: "info",
      message: expect.stringMatching(/command\.sh ended with exit code 0 after [\d.]+ m?s$/) as string,
      fields: { id: "e1:scheduled", attempt: 1 },
    });
  });

  it("75: tried again", async () => {
    expect(await endingWith("echo locked >&2; exit 75")).toMatchObject({
      code: "FOREWARN_RETRY",
      status: 75,
      message: `${pathOf("command.sh")} ended with exit code 75, to be run again: locked`,
      excerpt: "locked",
    });
  });

  it.each([1, 2, 70, 74, 76, 125, 128, 137, 255])("%i: rejected", async (code) => {
    expect(await endingWith(`exit ${code}`)).toMatchObject({ code: "FOREWARN_REJECT", status: code });
  });

  it("a rejection has the end of stderr, else of stdout", async () => {
    expect(await endingWith("echo out; echo one >&2; echo two >&2; exit 3")).toMatchObject({
      message: `${pathOf("command.sh")} ended with exit code 3: two`,
      excerpt: "one\ntwo",
    });
    expect(await endingWith("echo out; exit 3")).toMatchObject({ excerpt: "out" });
    const silent = await endingWith("exit 3");
    expect(silent?.message).toBe(`${pathOf("command.sh")} ended with exit code 3`);
    expect(silent?.excerpt).toBeUndefined();
  });

  it.each([
    ["no-such-program", 127, "was not found: check PATH"],
    ["./no-program", 126, "is not executable"],
  ])("%s in a script: a person must act, and only a run can tell that they did", async (name, code, what) => {
    script("", "no-program");
    const { sink, errorOf, deliver } = await open({
      command: script(`[ -e mended ] || { : > no-program; chmod -x no-program; ${name}; }`),
    });
    expect(sink.probe).toBeDefined();
    expect(await errorOf()).toMatchObject({
      code: "FOREWARN_MISCONFIGURED",
      status: code,
      message: expect.stringContaining(
        `ended with exit code ${code}: a program that it needs ${what}`,
      ) as string,
      excerpt: expect.stringContaining(name) as string,
    });
    expect(sink.probe).toBeUndefined();
    script("", "mended");
    await deliver();
    expect(sink.probe).toBeDefined();
  });

  it.each(["KILL", "TERM", "SEGV"])("SIG%s: tried again, for it comes from outside", async (signal) => {
    expect(await endingWith(`echo busy >&2; kill -${signal} $$`)).toMatchObject({
      code: "FOREWARN_RETRY",
      status: `SIG${signal}`,
      message: `${pathOf("command.sh")} was ended by SIG${signal}: busy`,
    });
  });
});

describe("the command", () => {
  it("gets its arguments as they are, without any shell", async () => {
    const args = ["a b", "$(touch pwned)", "`touch pwned`", "; touch pwned", "", "*", "'\"\\", "Ü\n€"];
    const command = [program('fs.writeFileSync("got", JSON.stringify(process.argv.slice(2)))'), ...args];
    await (await open({ command })).deliver();
    expect(JSON.parse(read("got"))).toEqual(args);
    expect(existsSync(pathOf("pwned"))).toBe(false);
  });

  it("is read by a shell where that was asked for, which finds the event in its variables", async () => {
    const command = 'echo "$FOREWARN_EVENT_TYPE" | tr a-z A-Z > got && exit 7';
    const { errorOf } = await open({ command, shell: true });
    expect(await errorOf()).toMatchObject({ status: 7, message: "the shell command ended with exit code 7" });
    expect(read("got")).toBe("REBOOT\n");
  });

  it("that a shell does not find needs a person, too", async () => {
    const { errorOf } = await open({ command: "no-such-program --now", shell: true });
    expect(await errorOf()).toMatchObject({ code: "FOREWARN_MISCONFIGURED", status: 127 });
  });

  it("runs in cwd, in a session of its own", async () => {
    const { deliver } = await open({
      command: ["sh", "-c", "pwd > got; cut -d ' ' -f 6 /proc/$$/stat >> got; echo $$ >> got"],
    });
    await deliver();
    const [place, session, pid] = read("got").trim().split(/\s+/);
    expect([place, session]).toEqual([pathOf("."), pid]);
  });

  it("is found by its path in PATH and from cwd", async () => {
    script("echo $0 > got", "found.sh");
    for (const command of ["found.sh", "./found.sh"]) {
      const { deliver } = await open({ command, env: { PATH: `/nowhere:${pathOf(".")}:/usr/bin:/bin` } });
      await deliver();
      expect(read("got").trim()).toBe(pathOf("found.sh"));
    }
  });
});

describe("batches", () => {
  it("of several events are run one after the other, and what ran stays delivered", async () => {
    const command = script('echo "$FOREWARN_ID" >> got; [ "$FOREWARN_ID" != c ]');
    const { errorOf } = await open({ command });
    const batch = (...ids: readonly string[]) => batchOf(...ids.map((id) => eventOf({}, id)));
    expect(await errorOf(batch("a", "b", "c", "d"))).toMatchObject({
      code: "FOREWARN_PARTIAL_DELIVERY",
      delivered: [0, 1],
      cause: { code: "FOREWARN_REJECT" },
    });
    expect(await errorOf(batch("c", "d"))).toMatchObject({ code: "FOREWARN_REJECT" });
    expect(read("got")).toBe("a\nb\nc\nc\n");
  });

  it("for different keys may run at once", async () => {
    const { deliver } = await open({
      command: script('mkdir "$FOREWARN_ID"; until [ -d a -a -d b ]; do sleep 0.01; done'),
    });
    await Promise.all(["a", "b"].map((id) => deliver(batchOf(eventOf({}, id)))));
    expect(existsSync(pathOf("b"))).toBe(true);
  });
});

it("asks for single events about this VM, in order, and for runs that urgency does not shorten", () => {
  expect(exec).toMatchObject({
    batch: { maxEvents: 1 },
    concurrency: 1,
    urgency: "order",
    when: { scope: "self", types: ["io.forewarn.scheduledevent.*"] },
  });
});

it.runIf(process.platform === "linux")("runs leave no descriptor behind", async () => {
  const { deliver } = await open({ command: script("echo hi; cat > /dev/null; exec 0<&-; echo ho >&2") });
  const descriptors = () => readdirSync("/proc/self/fd").length;
  await deliver();
  const before = descriptors();
  for (let run = 0; run < 10; run++) await deliver();
  await expect(until(() => descriptors() <= before, "descriptors")).resolves.toBeUndefined();
});
