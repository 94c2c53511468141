import { expect, test } from "vitest";

import { createRequestLog, splitTarget } from "./request.ts";
import type { ReceivedRequest } from "./request.ts";

test("the log keeps the most recent requests", () => {
  const log = createRequestLog(3);
  const request: ReceivedRequest = {
    method: "GET",
    path: "/",
    query: "",
    at: 0,
    remoteAddress: "",
    userAgent: undefined,
    headers: {},
    body: "",
  };
  for (let at = 1; at <= 5; at += 1) log.add({ ...request, at });
  expect(log.requests.map(({ at }) => at)).toEqual([3, 4, 5]);
});

test.each([
  ["/metadata", "/metadata", ""],
  ["/metadata?", "/metadata", ""],
  ["/a?b=c?d", "/a", "b=c?d"],
  ["http://169.254.169.254/a?b", "/a", "b"],
  ["HTTP://host:80?b", "", "b"],
  ["*", "*", ""],
])("%s is split", (target, path, query) => {
  expect(splitTarget(target)).toEqual({ path, query });
});
