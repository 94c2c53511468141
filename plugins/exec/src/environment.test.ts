import { describe, expect, it } from "vitest";
import { environmentOf } from "./environment.ts";
import { errorOf, open, program, read } from "./fixtures/commands.ts";

const own = {
  PATH: "/opt/bin:/bin",
  HOME: "/root",
  LANG: "C.UTF-8",
  LC_TIME: "de_DE",
  TZ: "UTC",
  SLACK_WEBHOOK_URL: "https://hooks.example.com/secret",
  KUBECONFIG: "/etc/kube",
  NODE_OPTIONS: "--inspect",
  FOREWARN_PHASE: "forged",
};

describe("what a command sees of the agent's environment", () => {
  it("by default: how to find programs and files, and its language; no secret", () => {
    const { SLACK_WEBHOOK_URL: _, KUBECONFIG: __, NODE_OPTIONS: ___, FOREWARN_PHASE: ____, ...usual } = own;
    expect(environmentOf({ inheritEnv: false }, own)).toEqual(usual);
  });

  it("named variables as well", () => {
    const environment = environmentOf({ inheritEnv: ["KUBECONFIG", "ABSENT"] }, own);
    expect(environment).toMatchObject({ KUBECONFIG: "/etc/kube", HOME: "/root" });
    expect(environment).not.toHaveProperty("SLACK_WEBHOOK_URL");
    expect(environment).not.toHaveProperty("ABSENT");
  });

  it("or all, except what would pass for the event's", () => {
    const { FOREWARN_PHASE: _, ...rest } = own;
    expect(environmentOf({ inheritEnv: true }, own)).toEqual(rest);
    expect(environmentOf({ inheritEnv: ["FOREWARN_PHASE"] }, own)).not.toHaveProperty("FOREWARN_PHASE");
  });

  it("a PATH in any case", () => {
    expect(environmentOf({ inheritEnv: false }, {})).toEqual({
      PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    });
  });
});

it("env is laid over it", () => {
  const env = { PATH: "/mine", TOKEN: "t\nu" };
  expect(environmentOf({ env, inheritEnv: false }, own)).toMatchObject({ HOME: "/root", ...env });
});

it.each([
  ["FOREWARN_TYPE", "x", 'option env: "FOREWARN_TYPE" cannot be set, since names with FOREWARN_ belong to'],
  ["A=B", "x", 'option env: "A=B" is no name of a variable'],
  ["", "x", 'option env: "" is no name of a variable'],
  ["A", "secret\0", 'option env: "A" has a value with a NUL character'],
])("env %j: what no environment can hold is told without its value", async (name, value, message) => {
  const error = await errorOf(open({ command: "true", env: { [name]: value } }));
  expect(error).toMatchObject({ code: "FOREWARN_MISCONFIGURED" });
  expect(error?.message).toContain(message);
  expect(error?.message).not.toContain("secret");
});

it("a process has what was declared, the event's variables, and nothing else", async () => {
  process.env["FOREWARN_TEST_SECRET"] = "visible";
  process.env["EXEC_TEST_SECRET"] = "visible";
  try {
    const command = program('fs.writeFileSync("got", JSON.stringify(process.env))');
    const { deliver } = await open({ command, env: { TOKEN: "opensesame" } });
    await deliver();
    const seen = JSON.parse(read("got")) as Record<string, string>;
    expect(seen).toMatchObject({ TOKEN: "opensesame", PATH: process.env["PATH"] });
    const names = Object.keys(seen).filter((name) => !/^(FOREWARN_|LC_)/.test(name));
    const usual = /^(PATH|HOME|USER|LOGNAME|SHELL|TMPDIR|LANG|LANGUAGE|TZ|TOKEN)$/;
    // What the system adds to any process, such as macOS's __CF_USER_TEXT_ENCODING, begins with two lines.
    expect(names.filter((name) => !usual.test(name) && !name.startsWith("__"))).toEqual([]);
    expect(JSON.stringify(seen)).not.toContain("visible");
  } finally {
    delete process.env["FOREWARN_TEST_SECRET"];
    delete process.env["EXEC_TEST_SECRET"];
  }
});
