import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { forewarn, temporaryPlace } from "./forewarn.ts";

async function result(args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}) {
  await using command = forewarn(args, { cwd, env });
  const code = await command.exited();
  return { code, stdout: command.stdout(), stderr: command.stderr() };
}

const sinks: readonly (readonly [sink: string, to: string, env: Readonly<Record<string, string>>])[] = [
  ["slack", "SLACK_URL", { SLACK_URL: "https://hooks.slack.com/services/T0/B0/x" }],
  ["webhook", "https://example.com/events", {}],
  ["event-hubs", "contoso.servicebus.windows.net/vm-events", {}],
  ["file", "events.ndjson", {}],
  ["exec", "/bin/true", {}],
];

describe.concurrent("forewarn init", () => {
  test.each(sinks)(
    "%s to %s: a file that forewarn itself finds right, without a warning",
    async (sink, to, env) => {
      using place = temporaryPlace();
      for (const events of ["alerts", "scheduled", "all"]) {
        const written = await result(
          ["init", "--sink", sink, "--to", to, "--events", events, "--force"],
          place.path,
        );
        expect(written).toMatchObject({ code: 0, stderr: "" });
        expect(written.stdout).toContain(`forewarn test-sink ${sink}`);
        const valid = await result(["validate"], place.path, env);
        expect(valid).toMatchObject({ code: 0, stderr: "" });
        expect(valid.stdout).toContain(`1 sink: ${sink} (${sink})`);
      }
      expect(readdirSync(place.path).sort()).toEqual(["forewarn.schema.json", "forewarn.yaml"]);
      const text = readFileSync(join(place.path, "forewarn.yaml"), "utf8");
      expect(text.split("\n")[0]).toBe("# yaml-language-server: $schema=./forewarn.schema.json");
      expect(text.match(/^ *#/gm)?.length).toBeGreaterThan(8);
    },
  );

  test("never overwrites what is there, but with --force", async () => {
    using place = temporaryPlace();
    const file = place.file("forewarn.yaml", "mine\n");
    const schema = place.file("forewarn.schema.json", "mine\n");
    const args = ["init", "--sink", "file", "--to", "a"];
    const refused = await result(args, place.path);
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toContain("forewarn.yaml is there already: --force overwrites it");
    expect(readFileSync(file, "utf8")).toBe("mine\n");
    const other = await result([...args, "-o", "other.yaml"], place.path);
    expect(other.code).toBe(0);
    expect(readFileSync(schema, "utf8")).toBe("mine\n");
    expect((await result([...args, "--force"], place.path)).code).toBe(0);
    expect(readFileSync(file, "utf8")).toContain("sinks:");
    expect(JSON.parse(readFileSync(schema, "utf8"))).toHaveProperty("$schema");
  });

  test("-o - prints it, --json names the files and what to do next", async () => {
    using place = temporaryPlace();
    const printed = await result(["init", "--sink", "file", "--to", "a b", "-o", "-"], place.path);
    expect(parse(printed.stdout)).toMatchObject({ sinks: { file: { options: { path: "a b" } } } });
    expect(readdirSync(place.path)).toEqual([]);
    const json = await result(["init", "--sink", "slack", "--json"], place.path);
    expect(JSON.parse(json.stdout)).toEqual({
      files: [join(place.path, "forewarn.yaml"), join(place.path, "forewarn.schema.json")],
      next: [
        "export SLACK_WEBHOOK_URL=…",
        "forewarn validate --probe",
        "forewarn test-sink slack",
        "forewarn run",
      ],
    });
  });

  test("without a terminal it says what to give, and what the loader refuses is not written", async () => {
    using place = temporaryPlace();
    const silent = await result(["init"], place.path);
    expect(silent.code).toBe(64);
    expect(silent.stderr).toContain("there is no terminal to ask at: give --sink.");
    const wrong = await result(["init", "--sink", "event-hubs", "--to", "contoso/x y"], place.path);
    expect(wrong.code).toBe(64);
    expect(wrong.stderr).toMatch(/^forewarn init: --to: .*eventHub/);
    expect(readdirSync(place.path)).toEqual([]);
  });

  test("at a terminal it asks three questions", async () => {
    using place = temporaryPlace();
    writeFileSync(join(place.path, "answers"), "slak\n\n\nall\n");
    // A terminal by script(1), which types the answers.
    const run = `${process.execPath} ${JSON.stringify(forewarnBin())} init`;
    const prefix = ["sh", "-c", `script -qec '${run}' /dev/null < answers`];
    await using command = forewarn([], { cwd: place.path, prefix, env: { TERM: "dumb" } });
    expect(await command.exited(), command.stdout()).toBe(0);
    expect(command.stdout()).toContain('"slak": did you mean slack?');
    expect(command.stdout().match(/^.*(Where should|Its destination|Which events)/gm)).toHaveLength(4);
    expect(parse(readFileSync(join(place.path, "forewarn.yaml"), "utf8"))).toMatchObject({
      sinks: { slack: { when: { scope: "all" }, options: { url: "${env:SLACK_WEBHOOK_URL}" } } },
    });
  });
});

function forewarnBin(): string {
  return join(import.meta.dirname, "../../packages/cli/bin/forewarn.js");
}
