import { expect, test } from "vitest";
import { file, pager } from "../../config/fixtures/sample-sinks.ts";
import type { Settings } from "../../config/settings.ts";
import { targetsOf } from "./targets.ts";

test("where events go is said without the keys of URLs", () => {
  const sinks = [
    { name: "audit", definition: file, options: { path: "events.ndjson" } },
    { name: "ops", definition: pager, options: { url: "https://functions.example/api/notify?code=letters" } },
  ] as unknown as Settings["sinks"];
  expect([...targetsOf(sinks)]).toEqual([
    ["audit", "events.ndjson"],
    ["ops", "https://functions.example/api/notify?code=*******"],
  ]);
});
