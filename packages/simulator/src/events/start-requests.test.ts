import * as fc from "fast-check";
import { expect, test } from "vitest";

import { parseStartRequests } from "./start-requests.ts";

test("the ids are read, further fields are ignored", () => {
  const body = '{"DocumentIncarnation":3,"StartRequests":[{"EventId":"A"},{"EventId":"B","Reason":"x"}]}';
  expect(parseStartRequests(body)).toEqual(["A", "B"]);
});

test.each([
  "",
  "StartRequests",
  "null",
  "[]",
  "{}",
  '{"StartRequests":[]}',
  '{"StartRequests":{"EventId":"A"}}',
  '{"StartRequests":["A"]}',
  '{"StartRequests":[null]}',
  '{"StartRequests":[{"EventId":""}]}',
  '{"StartRequests":[{"EventId":7}]}',
  '{"StartRequests":[{"EventId":"A"},{}]}',
])("%j is malformed", (body) => {
  expect(parseStartRequests(body)).toBeUndefined();
});

test("no body makes it throw", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (body) => {
      expect([undefined, Array]).toContain(parseStartRequests(body)?.constructor);
    }),
  );
});
