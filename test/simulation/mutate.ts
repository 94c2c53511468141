import type { Random } from "./random.ts";

const values: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  1.5,
  1e308,
  "",
  " ",
  "Started",
  "scheduled",
  "0",
  "-1",
  "soon",
  "Sun, 22 Nov 2026 12:15:00 GMT",
  "\u0000\u2028\ud800",
  [],
  [null, "web-01"],
  {},
  { EventId: "x" },
];

/** A document changed in one to three places as JSON: values replaced, left out, repeated, renamed. */
export function mutateJson(document: unknown, random: Random): unknown {
  let mutated = structuredClone(document);
  for (let times = random.int(1, 3); times > 0; times--) mutated = mutateSomewhere(mutated, random);
  return mutated;
}

function mutateSomewhere(value: unknown, random: Random): unknown {
  const isInner = typeof value === "object" && value !== null && random.chance(0.8);
  if (!isInner) return random.pick(values);
  if (Array.isArray(value)) return mutateList(value, random);
  const entries = Object.entries(value);
  const index = random.int(0, Math.max(0, entries.length - 1));
  const [name, inner] = entries[index] ?? ["Extra", null];
  switch (random.int(0, 5)) {
    case 0:
      entries.splice(index, 1);
      break;
    case 1:
      entries[index] = [random.pick(["Extra", name.toLowerCase(), "__proto__", "constructor", ""]), inner];
      break;
    default:
      entries[index] = [name, mutateSomewhere(inner, random)];
  }
  return Object.fromEntries(entries);
}

function mutateList(list: readonly unknown[], random: Random): unknown {
  const index = random.int(0, Math.max(0, list.length - 1));
  switch (random.int(0, 3)) {
    case 0:
      return list.toSpliced(index, 1);
    case 1:
      return [...list, structuredClone(list[index])];
    default:
      return list.length === 0
        ? [random.pick(values)]
        : list.with(index, mutateSomewhere(list[index], random));
  }
}

/** A text changed in one to four bytes: replaced, left out, repeated, cut off. */
export function mutateBytes(text: string, random: Random): string {
  let bytes = [...Buffer.from(text)];
  for (let times = random.int(1, 4); times > 0; times--) {
    const at = random.int(0, Math.max(0, bytes.length - 1));
    switch (random.int(0, 5)) {
      case 0:
        bytes = bytes.toSpliced(at, 1);
        break;
      case 1:
        bytes = bytes.toSpliced(at, 0, random.int(0, 255));
        break;
      case 2:
        bytes = bytes.slice(0, at);
        break;
      case 3:
        bytes = bytes.toSpliced(at, 0, ...bytes.slice(at, at + random.int(1, 40)));
        break;
      default:
        bytes[at] = random.int(0, 255);
    }
  }
  return Buffer.from(bytes).toString();
}
