import { expect, it } from "vitest";
import { type Severity, atLeast, severities, severityNumber } from "./severity.ts";

it("numbers are those of OpenTelemetry, lowest first", () => {
  expect(severities.map(severityNumber)).toEqual([9, 13, 17]);
});

it("atLeast holds for the same and every worse severity", () => {
  const passed = (least: Severity) => severities.filter((severity) => atLeast(severity, least));
  expect(passed("info")).toEqual(["info", "warn", "error"]);
  expect(passed("warn")).toEqual(["warn", "error"]);
  expect(passed("error")).toEqual(["error"]);
});
