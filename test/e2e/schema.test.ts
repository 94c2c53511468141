import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import addFormatsModule from "ajv-formats";
import { expect, test } from "vitest";
import { forewarn, temporaryPlace } from "./forewarn.ts";

// ajv-formats is CommonJS without an ESM default: under nodenext the function sits one level deeper.
const addFormats = addFormatsModule as unknown as typeof addFormatsModule.default;

async function result(args: readonly string[], cwd: string) {
  await using command = forewarn(args, { cwd });
  const code = await command.exited();
  return { code, stdout: command.stdout(), stderr: command.stderr() };
}

const mySink = "export default async function mine(event) { console.log(event.id); }\n";
const config = { sinks: { mine: { type: "./mine.js" } } };

test.concurrent("forewarn schema: the agent and all sinks, those of a configuration too", async () => {
  using place = temporaryPlace();
  place.file("mine.js", mySink);
  place.file("package.json", '{ "type": "module" }');
  const file = place.file("forewarn.json", JSON.stringify(config));
  const { code, stdout, stderr } = await result(["schema", "-c", file], place.path);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const ajv = new Ajv({ strict: true, strictTypes: false, strictRequired: false });
  addFormats(ajv);
  const validate = ajv.compile(JSON.parse(stdout) as object);
  expect(validate(config)).toBe(true);
  expect(validate({ sinks: { a: { type: "slack", options: { url: "${env:URL}", tag: [] } } } })).toBe(false);
  expect(stdout).toContain('"const": "./mine.js"');
  expect((await result(["schema"], place.path)).stdout).not.toContain("./mine.js");
});

test.concurrent(
  "a sink that does not load is left out, and said; a file that is not there is a problem",
  async () => {
    using place = temporaryPlace();
    const file = place.file("forewarn.json", JSON.stringify(config));
    const broken = await result(["schema", "-c", file], place.path);
    expect(broken.code).toBe(0);
    expect(broken.stderr).toMatch(
      /^forewarn schema: the options of \.\/mine\.js are not in it: there is no file /,
    );
    const absent = await result(["schema", "-c", "absent.yaml"], place.path);
    expect([absent.code, absent.stdout]).toEqual([78, ""]);
    expect(absent.stderr).toContain("CONFIG_NOT_FOUND");
  },
);

test.concurrent("forewarn sinks: what is installed, with its sentence; --json with its options", async () => {
  using place = temporaryPlace();
  const { code, stdout, stderr } = await result(["sinks"], place.path);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  for (const type of ["event-hubs", "exec", "file", "slack", "webhook"])
    expect(stdout).toMatch(new RegExp(`^${type} +[A-Z].*\\.$`, "m"));
  const { sinks } = JSON.parse((await result(["sinks", "--json"], place.path)).stdout) as {
    sinks: { type: string; from: string; options: object }[];
  };
  expect(sinks.find(({ type }) => type === "file")).toMatchObject({
    from: "installed",
    options: { type: "object", properties: { path: { type: "string" } } },
  });
  mkdirSync(join(place.path, "node_modules/forewarn-sink-broken"), { recursive: true });
  const broken = await result(["sinks"], place.path);
  expect(broken.code).toBe(1);
  expect(broken.stdout).toMatch(/^forewarn-sink-broken +cannot be loaded: /m);
});
