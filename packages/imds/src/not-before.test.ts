import * as fc from "fast-check";
import { expect, test } from "vitest";
import { parseNotBefore } from "./not-before.ts";

const at = Date.UTC(2026, 3, 11, 22, 26, 58);

test.each([
  ["RFC 1123", "Sat, 11 Apr 2026 22:26:58 GMT", at],
  ["a wrong weekday, as in Azure's own sample", "Mon, 11 Apr 2026 22:26:58 GMT", at],
  ["no weekday", "11 Apr 2026 22:26:58 GMT", at],
  ["no zone", "Sat, 11 Apr 2026 22:26:58", at],
  ["UTC", "Sat, 11 Apr 2026 22:26:58 UTC", at],
  ["a numeric zone", "Sun, 12 Apr 2026 00:26:58 +0200", at],
  ["a day of one digit", "Wed, 1 Apr 2026 00:00:00 GMT", Date.UTC(2026, 3, 1)],
  ["surrounding spaces", "  Sat, 11 Apr 2026 22:26:58 GMT\n", at],
  ["ISO 8601", "2026-04-11T22:26:58Z", at],
  ["ISO 8601 without a zone", "2026-04-11T22:26:58", at],
  ["ISO 8601 with a zone", "2026-04-11T20:56:58-01:30", at],
  ["ISO 8601 with a fraction of seven digits, as .NET writes it", "2026-04-11T22:26:58.1234567Z", at + 123],
  ["ISO 8601 without seconds", "2026-04-11 22:26Z", at - 58_000],
  ["29 February of a leap year", "Tue, 29 Feb 2028 00:00:00 GMT", Date.UTC(2028, 1, 29)],
])("reads %s", (_name, raw, moment) => {
  expect(parseNotBefore(raw)).toBe(moment);
});

test.each(["", "   ", "\n"])("%j is no date, and says so with null", (raw) => {
  expect(parseNotBefore(raw)).toBeNull();
});

test.each([
  "soon",
  "31 Feb 2026 00:00:00 GMT",
  "Sat, 31 Apr 2026 22:26:58 GMT",
  "Sat, 00 Apr 2026 22:26:58 GMT",
  "Sat, 11 Foo 2026 22:26:58 GMT",
  "Sat, 11 Apr 2026 24:00:00 GMT",
  "Sat, 11 Apr 2026 22:60:00 GMT",
  "Sat, 11 Apr 2026 22:26:58 PST",
  "Sat, 11 Apr 2026 22:26:58 +9900",
  "2026-02-29T00:00:00Z",
  "2026-13-01T00:00:00Z",
  "2026-04-11",
  "0001-01-01T00:00:00Z",
  "1776018418",
  "April 11, 2026",
])("%j is unparsable", (raw) => {
  expect(parseNotBefore(raw)).toBe("unparsable");
});

const moments = fc.date({ min: new Date(0), max: new Date("9999-12-31T23:59:59Z"), noInvalidDate: true });

test("every date that JavaScript writes comes back", () => {
  fc.assert(
    fc.property(moments, (date) => {
      expect(parseNotBefore(date.toISOString())).toBe(date.getTime());
      expect(parseNotBefore(date.toUTCString())).toBe(Math.floor(date.getTime() / 1000) * 1000);
    }),
  );
});

test("no text is read as anything but a whole number, null or unparsable", () => {
  const dateLike = fc.string({ unit: fc.constantFrom(..."0123456789-:TZ+ .,GMTAprSat"), maxLength: 40 });
  fc.assert(
    fc.property(fc.oneof(fc.string(), dateLike), (raw) => {
      const moment = parseNotBefore(raw);
      expect(moment === null || moment === "unparsable" || Number.isSafeInteger(moment)).toBe(true);
    }),
  );
});
