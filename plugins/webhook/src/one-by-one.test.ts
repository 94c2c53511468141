import { describe, expect, it } from "vitest";
import { batchOfEvents, open } from "./fixtures/open-webhook.ts";
import { receive } from "./fixtures/receiver.ts";

const batch = batchOfEvents(
  ["1", "2", "3"].map((id) => ({ specversion: "1.0", id, source: "/vm/1", type: "t" })),
);

describe("a batch that the configuration has made larger than one event", () => {
  it("arrives whole and in order, each event with an id of its own", async () => {
    const { url, received } = await receive();
    await (await open({ url })).deliver(batch);
    expect(received.map(({ body }) => (JSON.parse(body.toString()) as { id: string }).id)).toEqual([
      "1",
      "2",
      "3",
    ]);
    expect(new Set(received.map(({ headers }) => headers["idempotency-key"])).size).toBe(3);
  });

  it.each([
    [500, []],
    [403, []],
    [400, [{ index: 1, reason: "refused with 400" }]],
  ])(
    "of which the second is answered %d: the first is delivered, the third not tried",
    async (status, rejected) => {
      const statuses = [200, status, 200];
      const { url, received } = await receive((response) =>
        response.writeHead(statuses.shift() ?? 200).end(),
      );
      expect(await (await open({ url })).errorOf(batch)).toMatchObject({
        code: "FOREWARN_PARTIAL_DELIVERY",
        delivered: [0],
        rejected,
      });
      expect(received).toHaveLength(2);
    },
  );

  it("of which the first fails: its own error says why", async () => {
    const { url, received } = await receive((response) => response.writeHead(403).end());
    expect(await (await open({ url })).errorOf(batch)).toMatchObject({ code: "FOREWARN_MISCONFIGURED" });
    expect(received).toHaveLength(1);
  });
});
