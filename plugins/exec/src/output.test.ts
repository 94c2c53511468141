import { describe, expect, it } from "vitest";
import { createOutput } from "./output.ts";
import { createConcealer } from "./printable.ts";
import { open, program, script } from "./fixtures/commands.ts";

/** What a run of this shell script puts into the log, without the line that says how it ended. */
async function loggedBy(text: string, options: Omit<Parameters<typeof open>[0], "command"> = {}) {
  const { deliver, lines, said } = await open({ command: script(text), ...options });
  await deliver();
  expect(new Set(lines.map(({ level }) => level))).toEqual(new Set(["info"]));
  return said().slice(0, -1);
}

describe("the log", () => {
  it("has each line of both streams, in order within each, with the event's id", async () => {
    const { deliver, lines } = await open({ command: script("echo a; echo; echo b; echo c >&2; printf d") });
    await deliver();
    const own = lines.slice(0, -1);
    expect(own.filter(({ message }) => message.startsWith("stdout")).map(({ message }) => message)).toEqual([
      "stdout: a",
      "stdout: b",
      "stdout: d",
    ]);
    expect(own.map(({ message }) => message)).toContain("stderr: c");
    expect(own[0]?.fields).toEqual({ id: "e1:scheduled", attempt: 1 });
  });

  it("has what a command said that then failed", async () => {
    const { errorOf, said } = await open({ command: script("echo a; exit 3") });
    expect(await errorOf()).toMatchObject({ status: 3 });
    expect(said()).toEqual(["stdout: a"]);
  });

  it("has no bytes that are no text, no colours, no cursor movements, no forged line", async () => {
    const text = String.raw`printf '\377\376x\n\033[31mred\033[0m\033[2K\n\033]0;title\007y\n50%%\r100%%\r\na\000b\tc\b\342\200\256d\n\303'`;
    expect(await loggedBy(text)).toEqual([
      "stdout: \uFFFD\uFFFDx",
      "stdout: red",
      "stdout: y",
      "stdout: 50%",
      "stdout: 100%",
      "stdout: a\uFFFDb c\uFFFD\uFFFDd",
      "stdout: \uFFFD",
    ]);
  });

  it("keeps characters whole that arrive in pieces", async () => {
    const pieces = `for (const byte of Buffer.from("Ü€😀\\n")) {
      process.stdout.write(Buffer.of(byte));
      await new Promise((next) => setTimeout(next, 5));
    }`;
    const { deliver, said } = await open({ command: program(pieces) });
    await deliver();
    expect(said()[0]).toBe("stdout: Ü€😀");
  });

  it("has at most maxOutput of a run, and says how much it left out", async () => {
    const text = "for i in 1 2 3 4 5; do echo 0123456789; done; echo short";
    expect(await loggedBy(text, { maxOutput: "35B" })).toEqual([
      ...Array.from({ length: 3 }, () => "stdout: 0123456789"),
      "and 28 bytes more, which is not logged",
    ]);
    expect(await loggedBy(text, { maxOutput: "0B" })).toEqual([]);
  });

  it("has at most 200 lines of a run", async () => {
    const logged = await loggedBy("seq 1 1000");
    expect(logged).toHaveLength(201);
    expect(logged.at(-2)).toBe("stdout: 200");
    expect(logged.at(-1)).toBe("and 3.2 kB more, which is not logged");
  });

  it("has at most 2 kB of a line", async () => {
    const logged = await loggedBy("head -c 5000 /dev/zero | tr '\\0' x; echo; echo next");
    expect(logged).toEqual([
      `stdout: ${"x".repeat(2000)}…`,
      "stdout: next",
      "and 3 kB more, which is not logged",
    ]);
  });
});

it("a flood does not fill the memory", async () => {
  const flood = `const chunk = "x".repeat(1 << 20);
    for (let count = 0; count < 100; count++) fs.writeSync(count % 2 + 1, chunk);
    fs.writeSync(2, "\\nlast words\\n");
    process.exit(3);`;
  const { errorOf } = await open({ command: program(flood) });
  await errorOf();
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  let most = 0;
  const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 10);
  const error = await errorOf();
  clearInterval(watch);
  expect(error).toMatchObject({ status: 3, excerpt: "last words" });
  expect(most).toBeGreaterThan(0);
  expect(most - before).toBeLessThan(50e6);
});

describe("secrets of the option env", () => {
  const secret = "opensesame-1234567890";
  const pem = "-----BEGIN KEY-----\nAAAABBBBCCCC\nDDDDEEEE\n-----END KEY-----\n";
  const env = { TOKEN: secret, KEY: pem };

  it("are in no line and no excerpt, not even line by line", async () => {
    const command = script('echo "it is $TOKEN"; echo "$KEY"; echo "$TOKEN" "$KEY" >&2; exit 1');
    const { errorOf, said } = await open({ command, env });
    const error = await errorOf();
    const all = [...said(), error?.message, error?.excerpt].join("\n");
    expect(all).toContain("it is [redacted]");
    for (const piece of [secret, "AAAABBBBCCCC", "DDDDEEEE"]) expect(all).not.toContain(piece);
  });

  it("are in no part of a line that is cut at any place", async () => {
    const conceal = createConcealer([secret]);
    for (let before = 1960; before < 2050; before++) {
      const messages: string[] = [];
      const log = { info: (message: string) => void messages.push(message) };
      const output = createOutput({ log: log as never, fields: {}, conceal, maxBytes: 1e6 });
      output.take(
        "stderr",
        Buffer.from(`${"x".repeat(before)}${secret}${"y".repeat(2100 - before)}${secret}`),
      );
      output.end();
      for (const text of [...messages, output.tail()]) {
        expect(text).not.toMatch(/opens|567890/);
        expect(text.length).toBeLessThan(2100);
      }
    }
  });
});

describe("the tail", () => {
  const tailOf = (text: string) => {
    const output = createOutput({
      log: { info: () => {} } as never,
      fields: {},
      conceal: createConcealer([]),
      maxBytes: 0,
    });
    for (let at = 0; at < text.length; at += 700)
      output.take("stderr", Buffer.from(text.slice(at, at + 700)));
    return output.tail();
  };

  it("begins with a whole line", () => {
    const text = Array.from({ length: 1000 }, (_, index) => `line ${index}\n`).join("");
    const lines = tailOf(text).split("\n");
    expect(lines.at(-1)).toBe("line 999");
    expect(lines[0]).toMatch(/^line \d{3}$/);
    expect(lines.length).toBeGreaterThan(200);
  });

  it("is the end of a single long line", () => {
    expect(tailOf(`${"x".repeat(10_000)}end`)).toBe(`${"x".repeat(1997)}end`);
  });

  it("is everything where that is short", () => {
    expect(tailOf("\n\n a\r\n\r\nb\n\n")).toBe("a\nb");
  });
});
