import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { aborted, unlessAborted } from "./race.ts";

describe("unlessAborted", () => {
  it("gives what the work gives, and leaves no listener behind", async () => {
    const { signal } = new AbortController();
    await expect(unlessAborted(Promise.resolve(1), signal)).resolves.toBe(1);
    await expect(unlessAborted(Promise.reject(new Error("no")), signal)).rejects.toThrow("no");
  });

  it("ends at once when the signal aborts, or has aborted, and swallows a late failure", async () => {
    const abort = new AbortController();
    const late = sleep(20).then(() => Promise.reject(new Error("late")));
    const raced = unlessAborted(late, abort.signal);
    abort.abort();
    await expect(raced).resolves.toBe(aborted);
    await expect(unlessAborted(late, abort.signal)).resolves.toBe(aborted);
    await sleep(30);
  });
});
