import type { Destination } from "./destinations.ts";
import type { Stored } from "./outbox-file.ts";
import { compare } from "./told.ts";
import type { Answer } from "./world.ts";

/** What is left when all lives are over. */
export interface Evidence {
  readonly answers: readonly Answer[];
  readonly stored: readonly Stored[];
  readonly destinations: readonly Pick<Destination, "arrivals" | "mostRepeated" | "name" | "wants">[];
}

/** What came to one destination. */
export interface Receipt {
  readonly name: string;
  readonly arrivals: number;
  readonly lost: number;
  readonly duplicates: number;
  /** The most that one life brought and a later one brought again. */
  readonly mostRepeated: number;
  /** Lines that a kill cut off. */
  readonly torn: number;
}

/** What the evidence shows; without findings, every promise was kept. */
export interface Verdict {
  readonly findings: readonly string[];
  readonly receipts: readonly Receipt[];
}

/** Judges by what Azure said, what is stored and what arrived, and by nothing of the agent's code. */
export function judge({ answers, stored, destinations }: Evidence): Verdict {
  const findings: string[] = [];
  const told = Object.groupBy(
    stored.filter(({ type }) => type.startsWith(scheduled)),
    ({ key }) => key,
  );
  const phases = Object.entries(told).map(
    ([key, events = []]) => [key, events.map(({ type }) => type.slice(scheduled.length))] as const,
  );
  findings.push(...compare(answers, new Map(phases)));
  const receipts = destinations.map((destination) => receive(destination, stored, findings));
  return { findings, receipts };
}

const scheduled = "io.forewarn.scheduledevent.";
const nameOf = ({ source, id }: Pick<Stored, "id" | "source">) => `${source} ${id}`;

function receive(
  { name, arrivals: all, mostRepeated, wants }: Evidence["destinations"][number],
  stored: readonly Stored[],
  findings: string[],
): Receipt {
  const known = new Map(stored.map((event) => [nameOf(event), event]));
  /** The place of the first arrival, and the life of the last. */
  const seen = new Map<string, { readonly first: number; life: number }>();
  const repeated = new Map<number, number>();
  const arrivals = all();
  let torn = 0;
  for (const [place, { life, text }] of arrivals.entries()) {
    const event = parsed(text);
    if (event === null) {
      torn++;
      if (!stored.some(({ json }) => json.startsWith(text))) findings.push(`${name}: nobody wrote ${text}`);
      continue;
    }
    const original = known.get(nameOf(event));
    if (original === undefined) {
      findings.push(`${name}: ${nameOf(event)} arrived, and the outbox does not know it`);
    } else {
      if (original.json !== text) findings.push(`${name}: ${nameOf(event)} is not as it was stored`);
      if (!wants(original)) findings.push(`${name}: ${nameOf(event)} arrived, and is not wanted`);
      const before = seen.get(nameOf(event));
      if (before === undefined) seen.set(nameOf(event), { first: place, life });
      else {
        repeated.set(before.life, (repeated.get(before.life) ?? 0) + 1);
        before.life = life;
      }
    }
  }
  const wanted = stored.filter(wants);
  const missing = wanted.filter((event) => !seen.has(nameOf(event)));
  findings.push(...missing.map((event) => `${name}: ${nameOf(event)} is lost`));
  findings.push(...disorder(wanted, seen).map((id) => `${name}: ${id} overtook one before it`));
  const most = Math.max(0, ...repeated.values());
  if (most > mostRepeated) findings.push(`${name}: one kill repeated ${most} events`);
  const duplicates = [...repeated.values()].reduce((sum, count) => sum + count, 0);
  return { name, arrivals: arrivals.length, lost: missing.length, duplicates, mostRepeated: most, torn };
}

/** First arrivals that are not in the order of the outbox, within a key. */
function disorder(
  wanted: readonly Stored[],
  seen: ReadonlyMap<string, { readonly first: number }>,
): readonly string[] {
  const last = new Map<string, number>();
  const wrong: string[] = [];
  for (const event of wanted) {
    const first = seen.get(nameOf(event))?.first;
    if (first === undefined) continue;
    if (first < (last.get(event.key) ?? -1)) wrong.push(nameOf(event));
    last.set(event.key, first);
  }
  return wrong;
}

function parsed(text: string): { readonly source: string; readonly id: string } | null {
  try {
    return JSON.parse(text) as { readonly source: string; readonly id: string };
  } catch {
    return null;
  }
}
