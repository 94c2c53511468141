import { expect, test } from "vitest";

import { parseAddress } from "./address.ts";

test.each([
  ["$cbs", { kind: "cbs" }],
  ["$management", { kind: "management" }],
  ["hub/$management", { kind: "management" }],
  ["vm-events", { kind: "hub", hub: "vm-events", partition: undefined }],
  [
    "amqps://contoso.servicebus.windows.net/vm-events/Partitions/3",
    { kind: "hub", hub: "vm-events", partition: "3" },
  ],
  [
    "/hub/ConsumerGroups/$Default/Partitions/0",
    { kind: "reader", hub: "hub", consumerGroup: "$Default", partition: "0" },
  ],
  ["", undefined],
  ["$other", undefined],
  ["hub/Publishers/me", undefined],
  [undefined, undefined],
])("%j names %j", (text, address) => {
  expect(parseAddress(text)).toEqual(address);
});
