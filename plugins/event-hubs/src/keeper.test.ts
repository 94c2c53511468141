import { setImmediate } from "node:timers/promises";
import { RetryError } from "@forewarn/sdk";
import { describe, expect, it } from "vitest";
import { createHandClock } from "./fixtures/hand-clock.ts";
import { createKeeper } from "./keeper.ts";
import type { Link } from "./link.ts";

const minute = 60_000;
const never = new AbortController().signal;

/** A keeper whose links are opened by hand. */
function setUp({ tokenMs = 60 * minute } = {}) {
  const clock = createHandClock();
  const lines: string[] = [];
  const write = (message: string) => void lines.push(message);
  const links: { readonly link: Link; readonly lost: AbortController; closed: boolean }[] = [];
  const openings: {
    readonly at: number;
    succeed(): void;
    fail(message: string, retryAfterMs?: number): void;
  }[] = [];
  let automatic: "succeed" | "fail" | "wait" = "succeed";

  function open(signal: AbortSignal): Promise<Link> {
    const { promise, resolve, reject } = Promise.withResolvers<Link>();
    const fail = (message: string, retryAfterMs?: number) =>
      reject(new RetryError(message, retryAfterMs === undefined ? {} : { retryAfterMs }));
    const succeed = () => {
      const lost = new AbortController();
      const entry = { lost, closed: false, link: undefined as unknown as Link };
      entry.link = {
        tokenEndsAt: clock.now() + tokenMs,
        lost: lost.signal,
        close() {
          entry.closed = true;
          return Promise.resolve();
        },
      } as Link;
      links.push(entry);
      resolve(entry.link);
    };
    signal.addEventListener("abort", () => reject(signal.reason));
    openings.push({ at: clock.monotonic(), succeed, fail });
    if (automatic === "succeed") succeed();
    if (automatic === "fail") fail("no route");
    return promise;
  }

  const log = { debug: write, info: write, warn: write, error: write };
  const keeper = createKeeper({ open, clock, log });
  const openLinks = () => links.filter(({ closed }) => !closed).length;
  return {
    keeper,
    clock,
    lines,
    links,
    openings,
    openLinks,
    become: (how: typeof automatic) => (automatic = how),
  };
}

describe("while nothing is sent", () => {
  it("opens nothing in the first second, then a link", async () => {
    const { keeper, clock, openings } = setUp();
    await clock.advance(999);
    expect(openings).toEqual([]);
    await clock.advance(1);
    expect(openings).toHaveLength(1);
    await keeper.close();
  });

  it("replaces the link every 25 minutes, the new one open before the old one closes", async () => {
    const { keeper, clock, links, openings, openLinks, become } = setUp();
    await clock.advance(1000);
    become("wait");
    await clock.advance(25 * minute);
    expect(openings).toHaveLength(2);
    expect(openLinks()).toBe(1);
    openings[1]?.succeed();
    await setImmediate();
    expect(links.map(({ closed }) => closed)).toEqual([true, false]);
    await keeper.close();
    expect(openLinks()).toBe(0);
  });

  it.each([
    ["two minutes before its token ends", 10 * minute, 8 * minute],
    ["not more often than once a minute", 1000, minute],
  ])("replaces it %s", async (_, tokenMs, due) => {
    const { keeper, clock, openings } = setUp({ tokenMs });
    await clock.advance(1000);
    await clock.advance(due - 1);
    expect(openings).toHaveLength(1);
    await clock.advance(1);
    expect(openings).toHaveLength(2);
    await keeper.close();
  });

  it("opens another at once where the link is lost", async () => {
    const { keeper, clock, links, openings } = setUp();
    await clock.advance(20_000);
    links[0]?.lost.abort();
    await clock.advance(0);
    expect(openings).toHaveLength(2);
    expect(links.map(({ closed }) => closed)).toEqual([true, false]);
    await keeper.close();
  });

  it("takes its time where links are lost as soon as they are open", async () => {
    const { keeper, clock, links, openings } = setUp();
    await clock.advance(1000);
    for (let round = 0; round < 600; round++) {
      links.at(-1)?.lost.abort();
      await clock.advance(1000);
    }
    expect(openings.length).toBeGreaterThan(5);
    expect(openings.length).toBeLessThan(12);
    await keeper.close();
  });

  it("tries again ever more slowly, at most every five minutes, and says each trouble once", async () => {
    const { keeper, clock, openings, lines, become } = setUp();
    become("fail");
    await clock.advance(60 * minute);
    const waits = openings.slice(1).map(({ at }, index) => at - (openings[index]?.at ?? 0));
    expect(waits.slice(0, 9)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256].map((seconds) => seconds * 1000));
    expect(new Set(waits.slice(9))).toEqual(new Set([5 * minute]));
    expect(lines).toEqual(["no link to the Event Hub: no route"]);
    become("succeed");
    await clock.advance(5 * minute);
    expect(lines.at(-1)).toBe("the link to the Event Hub is open");
    await keeper.close();
  });

  it("does not come back sooner than a busy service asks", async () => {
    const { keeper, clock, openings, become } = setUp();
    become("wait");
    await clock.advance(1000);
    openings[0]?.fail("busy", 10_000);
    await clock.advance(9999);
    expect(openings).toHaveLength(1);
    await clock.advance(1);
    expect(openings).toHaveLength(2);
    await keeper.close();
  });

  it("keeps the old link where no new one can be opened, and tries ever more slowly", async () => {
    const { keeper, clock, openings, openLinks, lines, become } = setUp();
    await clock.advance(1000);
    become("fail");
    await clock.advance(25 * minute);
    await clock.advance(60_000);
    expect(openLinks()).toBe(1);
    expect((await keeper.use(never))?.link.lost.aborted).toBe(false);
    // At once, then after 1, 2, 4, 8, 16 and 32 s.
    expect(openings).toHaveLength(1 + 6);
    expect(lines).toEqual(["no new link to the Event Hub: no route"]);
    become("succeed");
    await clock.advance(60_000);
    expect(openings).toHaveLength(1 + 7);
    expect(lines.at(-1)).toBe("the link to the Event Hub is open");
    await keeper.close();
  });
});

describe("use", () => {
  it("does not wait for the first second, and shares one opening", async () => {
    const { keeper, openings, links } = setUp();
    const held = await Promise.all([keeper.use(never), keeper.use(never)]);
    expect(openings).toHaveLength(1);
    expect(held.map((one) => one?.link)).toEqual([links[0]?.link, links[0]?.link]);
    await keeper.close();
  });

  it("ends with its signal, while the opening goes on for whoever comes next", async () => {
    const { keeper, openings, links, become } = setUp();
    become("wait");
    const abort = new AbortController();
    const used = keeper.use(abort.signal);
    abort.abort();
    expect(await used).toBeUndefined();
    const next = keeper.use(never);
    openings[0]?.succeed();
    expect((await next)?.link).toBe(links[0]?.link);
    expect(openings).toHaveLength(1);
    await keeper.close();
  });

  it("opens anew at once after a failure, whatever the pause, and ends the pause", async () => {
    const { keeper, clock, openings, become } = setUp();
    become("fail");
    await clock.advance(10 * minute);
    await expect(keeper.use(never)).rejects.toThrow("no route");
    become("succeed");
    const count = openings.length;
    expect(await keeper.use(never)).toBeDefined();
    await clock.advance(25 * minute);
    expect(openings).toHaveLength(count + 2);
    await keeper.close();
  });

  it("gives up an opening after 20 s", async () => {
    const { keeper, clock, openings, become } = setUp();
    become("wait");
    const used = keeper.use(never);
    void used.catch(() => undefined);
    await clock.advance(20_000);
    await expect(used).rejects.toThrow("no link within 20 s");
    const next = keeper.use(never);
    openings.at(-1)?.succeed();
    expect(await next).toBeDefined();
    await keeper.close();
  });

  it("a retired link is used no more, and closed when its last user has released it", async () => {
    const { keeper, links } = setUp();
    const [one, other] = await Promise.all([keeper.use(never), keeper.use(never)]);
    keeper.retire(links[0]?.link as Link);
    expect((await keeper.use(never))?.link).toBe(links[1]?.link);
    one?.release();
    one?.release();
    expect(links[0]?.closed).toBe(false);
    other?.release();
    expect(links[0]?.closed).toBe(true);
    await keeper.close();
  });
});

describe("close", () => {
  it("ends links in use, openings under way, and every sleep", async () => {
    const { keeper, clock, openLinks, become } = setUp();
    await keeper.use(never);
    become("wait");
    await clock.advance(25 * minute);
    await keeper.close();
    expect(openLinks()).toBe(0);
    expect(clock.sleeping()).toBe(0);
  });

  it("ends a link that opens too late", async () => {
    const { keeper, openings, openLinks, become, clock } = setUp();
    become("wait");
    const used = keeper.use(never);
    void used.catch(() => undefined);
    openings[0]?.succeed();
    await keeper.close();
    expect(openLinks()).toBe(0);
    expect(clock.sleeping()).toBe(0);
  });
});
