import { expect, test } from "vitest";
import { startChild } from "./fixtures/child.ts";
import { temporaryPlace } from "./fixtures/place.ts";

const rounds = 10;

/** Lets one process after the other append to one outbox, kills each, and looks at what is there: how many events. */
async function killAgainAndAgain(): Promise<number> {
  const place = temporaryPlace();
  const expected: string[] = [];
  let unacknowledged = 0;
  for (let round = 0; round < rounds; round++) {
    const child = startChild("appending-process.ts", [place.directory, String(round)]);
    let acknowledged = Number(await child.line());
    setTimeout(() => void child.kill(), Math.random() * 60);
    for await (const line of child.lines) acknowledged = Number(line);
    await child.kill();

    const outbox = place.open();
    const counted = outbox.checkpoint<number>("counted") as number;
    const envelopes = outbox.next("none", 0, 1_000_000);
    outbox.close();
    expect(counted).toBeGreaterThanOrEqual(acknowledged);
    unacknowledged += counted - acknowledged;
    for (let index = 0; index < counted; index++) expected.push(`r${round}-${index}`);
    expect(envelopes.map(({ key }) => key)).toEqual(expected);
    expect(new Set(envelopes.map(({ id }) => id)).size).toBe(expected.length);
    expect(envelopes.filter(({ intact }) => !intact)).toEqual([]);
    const seqs = envelopes.map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
  }
  // At most the transaction that was under way each time.
  expect(unacknowledged).toBeLessThanOrEqual(rounds * 100);
  return expected.length;
}

test(
  "kill -9 at any moment loses no event that was acknowledged, repeats none and tears nothing apart",
  { timeout: 60_000 },
  async () => {
    const stored = await Promise.all([killAgainAndAgain(), killAgainAndAgain()]);
    expect(Math.min(...stored)).toBeGreaterThan(rounds * 10);
  },
);
