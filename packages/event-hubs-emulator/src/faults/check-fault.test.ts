import { expect, test } from "vitest";

import { checkFault } from "./check-fault.ts";

const condition = "com.microsoft:server-busy";

test.each([
  { at: "connect", do: "black-hole", times: "always" },
  { at: "put-token", do: "refuse", status: 401, description: "no", hub: "hub" },
  { at: "management", do: "delay", ms: 0 },
  { at: "attach", do: "refuse", condition, role: "receiver", partition: "1" },
  { at: "send", do: "reject", condition, stored: true, times: 3, description: undefined },
])("%j is a fault", (fault) => {
  expect(checkFault(fault)).toBe(fault);
});

test.each([
  [null, "A fault is an object"],
  [[], "A fault is an object"],
  [{}, 'A fault\'s at is one of "connect", "put-token"'],
  [{ at: "toString", do: "x" }, 'not "toString"'],
  [{ at: "send", do: "refuse" }, 'do (at "send") is one of "reject"'],
  [
    { at: "send", do: "reject" },
    'condition is an AMQP condition such as "com.microsoft:server-busy", not undefined',
  ],
  [{ at: "put-token", do: "refuse", status: 42 }, "status is a status code"],
  [{ at: "send", do: "delay", ms: -1 }, "ms is a number of milliseconds"],
  [{ at: "send", do: "hang", times: 0 }, 'times is a whole number from 1 on, or "always", not 0'],
  [
    { at: "send", do: "hang", role: "sender" },
    'This fault has no field "role". It has: times, hub, partition, stored.',
  ],
  [{ at: "attach", do: "no-credit", role: "both" }, 'role is "sender" or "receiver"'],
  [{ at: "send", do: "hang", stored: "yes" }, "stored is true or false"],
  [{ at: "send", do: "hang", hub: "" }, "hub is a text"],
])("%j is none", (value, message) => {
  expect(() => checkFault(value)).toThrow(message);
});
