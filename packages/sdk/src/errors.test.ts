import { expect, it } from "vitest";
import {
  DeliveryError,
  MisconfiguredError,
  PartialDeliveryError,
  RejectError,
  RetryError,
  deliveryErrorCodes,
} from "./errors.ts";

const all = [
  new RetryError("m"),
  new RejectError("m"),
  new MisconfiguredError("m"),
  new PartialDeliveryError("m", { delivered: [0] }),
];

it("each error has its own code and name, in the order of deliveryErrorCodes", () => {
  expect(all.map((error) => error.code)).toEqual(deliveryErrorCodes);
  expect(all.map((error) => error.name)).toEqual([
    "RetryError",
    "RejectError",
    "MisconfiguredError",
    "PartialDeliveryError",
  ]);
});

it("all are DeliveryErrors with their message, and nothing that was not said", () => {
  for (const error of all) {
    expect(error).toBeInstanceOf(DeliveryError);
    expect(error).toBeInstanceOf(Error);
    expect(error.message).toBe("m");
    expect([error.status, error.excerpt, error.cause]).toEqual([undefined, undefined, undefined]);
  }
});

it("details are kept", () => {
  const cause = new Error("beneath");
  const error = new RetryError("m", { cause, status: 503, excerpt: "busy", retryAfterMs: 0 });
  expect(error).toMatchObject({ cause, status: 503, excerpt: "busy", retryAfterMs: 0 });
  expect(new RejectError("m", { status: "amqp:not-allowed" }).status).toBe("amqp:not-allowed");
});

it("a partial delivery names what was rejected, by default nothing", () => {
  const rejected = [{ index: 1, reason: "too large" }];
  expect(new PartialDeliveryError("m", { delivered: [0], rejected })).toMatchObject({
    delivered: [0],
    rejected,
  });
  expect(new PartialDeliveryError("m", { delivered: [0, 2] }).rejected).toEqual([]);
});
