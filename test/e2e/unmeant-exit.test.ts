import { startSimulator } from "@forewarn/imds-simulator";
import { expect, test } from "vitest";
import { configured } from "./configuration.ts";
import { forewarn, temporaryPlace } from "./forewarn.ts";
import { logOf } from "./lines.ts";

test.each([3, 0])(
  "a sink that calls process.exit(%d) does not end the agent without a word",
  async (code) => {
    using place = temporaryPlace();
    await using simulator = await startSimulator();
    place.file("bad.ts", `export default async () => { process.exit(${code}); };\n`);
    const sinks = { bad: { type: "./bad.ts" } };
    await using agent = forewarn(["run", "-c", configured(place, { imds: simulator.url, sinks })]);
    expect(await agent.exited()).toBe(70);
    const told = logOf(agent).filter(({ level }) => level === "error");
    expect(told.map(({ message }) => message)).toEqual([
      expect.stringContaining(`ended by process.exit(${code}), which something in this process called`),
    ]);
  },
);
