import type { Archive, DeathReason, Letter, LetterFilter } from "@forewarn/agent";
import { oneLine } from "@forewarn/sdk";
import { type Command, type Given, UsageError } from "../command.ts";
import { exitCode } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { paintFor } from "../log/color.ts";
import { confirmed } from "../print/confirm.ts";
import { letterJson, lettersText, letterText } from "../print/letter-text.ts";
import { archiveOptions, momentOf, withArchive } from "./given/archive.ts";

const reasons = [
  "rejected",
  "expired",
  "evicted",
  "corrupt",
  "purged",
] as const satisfies readonly DeathReason[];

interface Task {
  readonly filter: LetterFilter;
  readonly options: Given["options"];
  readonly io: Io;
}

/** What each action does; the exit code. */
const actions = {
  list: { mode: "read", run: list },
  show: { mode: "read", run: show },
  replay: { mode: "write", run: replay },
  purge: { mode: "write", run: purge },
} as const;

/** Events that a sink will never take by itself. */
export const deadLetters: Command = {
  name: "dead-letters",
  summary: "Lists, shows, replays and purges events that a sink would not take.",
  args: "list | show ID… | replay [ID…] | purge [ID…]",
  argChoices: Object.keys(actions),
  options: {
    sink: { type: "string", value: "NAME", help: "Only those of this sink." },
    reason: { type: "string", value: "REASON", choices: reasons, help: `Only these: ${reasons.join(", ")}.` },
    since: {
      type: "string",
      value: "WHEN",
      help: "Only those given up since: 2h, 7d, or a time in RFC 3339.",
    },
    all: { type: "boolean", help: "With replay and purge: all that there are." },
    yes: { type: "boolean", short: "y", help: "With purge: do not ask." },
    ...archiveOptions,
  },
  examples: [
    ["forewarn dead-letters list --sink ops --since 24h", "a table; --json for programs"],
    [
      "forewarn dead-letters show C7061BAC-…",
      "all that is known; an event's id, or an EventId for its story",
    ],
    [
      "forewarn dead-letters replay --sink ops",
      "ops gets them again, under their ids; exit 1 where some cannot",
    ],
    ["forewarn dead-letters purge --reason expired --yes", "put away for good; the history keeps them"],
  ],
  async run({ options, args: [name = "list", ...ids] }, io) {
    if (!(name in actions))
      throw new UsageError(
        `forewarn dead-letters knows ${Object.keys(actions).join(", ")}, not ${JSON.stringify(name)}`,
      );
    const action = name as keyof typeof actions;
    const { mode, run } = actions[action];
    const filter = filterOf(options, ids);
    checkScope(action, filter, options);
    return withArchive({ command: "dead-letters", options, mode }, io, (archive) =>
      run(archive, { filter, options, io }),
    );
  },
};

function filterOf(options: Given["options"], ids: readonly string[]): LetterFilter {
  const { sink, reason } = options;
  const from = momentOf("since", options, Date.now());
  return {
    ...(ids.length === 0 ? {} : { ids }),
    ...(typeof sink === "string" ? { sink } : {}),
    ...(reason === undefined ? {} : { reason: reason as DeathReason }),
    ...(from === undefined ? {} : { since: from }),
  };
}

/** Nobody replays or purges everything by forgetting a word. */
function checkScope(
  action: keyof typeof actions,
  filter: LetterFilter,
  { all, yes }: Given["options"],
): void {
  const changes = action === "replay" || action === "purge";
  const isNarrow = Object.keys(filter).length > 0;
  if (action === "list" && filter.ids !== undefined)
    throw new UsageError("forewarn dead-letters list takes no ID: show does");
  if (action === "show" && filter.ids === undefined)
    throw new UsageError("forewarn dead-letters show takes an ID: list has them");
  if (all === true && !changes) throw new UsageError("--all goes with replay and purge");
  if (yes === true && action !== "purge") throw new UsageError("--yes goes with purge");
  if (all === true && filter.ids !== undefined) throw new UsageError("--all does not go with an ID");
  if (changes && !isNarrow && all !== true)
    throw new UsageError(
      `forewarn dead-letters ${action}: say which: an ID, --sink, --reason, --since, or --all`,
    );
}

function list(archive: Archive, { filter, options, io }: Task): number {
  const letters = archive.letters(filter);
  io.stdout.write(
    options["json"] === true
      ? jsonOf({ deadLetters: letters.map(letterJson) })
      : lettersText(letters, paintFor(io.stdout, io.env)),
  );
  return exitCode.ok;
}

function show(archive: Archive, { filter, options, io }: Task): number {
  const letters = archive.letters(filter);
  if (options["json"] === true) io.stdout.write(jsonOf({ deadLetters: letters.map(letterJson) }));
  else
    io.stdout.write(
      letters.map((letter) => letterText(letter, Date.now(), paintFor(io.stdout, io.env))).join("\n"),
    );
  return missingOf(filter, letters, io) > 0 ? exitCode.failed : exitCode.ok;
}

function replay(archive: Archive, { filter, options, io }: Task): number {
  const { replayed, refused } = archive.replay(filter);
  const missing = missingOf(filter, [...replayed, ...refused.map(({ letter }) => letter)], io);
  if (options["json"] === true) {
    const failed = refused.map(({ letter, why }) => ({ ...nameOf(letter), why }));
    io.stdout.write(jsonOf({ replayed: replayed.map(nameOf), refused: failed }));
  } else {
    for (const { letter, why } of refused)
      io.stderr.write(
        `forewarn dead-letters: ${oneLine(letter.id)} of ${letter.sink} cannot be replayed: ${why}\n`,
      );
    io.stdout.write(
      replayed.length === 0
        ? "Nothing to replay.\n"
        : `${bySink(replayed)} again, under the same ids: a running agent begins within a second, else the next one does.\n`,
    );
  }
  return refused.length + missing > 0 ? exitCode.failed : exitCode.ok;
}

async function purge(archive: Archive, { filter, options, io }: Task): Promise<number> {
  const found = archive.letters(filter).filter(({ reason }) => reason !== "purged");
  const missing = missingOf(filter, archive.letters(filter), io);
  const count = found.length === 1 ? "1 dead letter" : `${found.length} dead letters`;
  if (options["yes"] !== true && found.length > 0) {
    const answer = await confirmed(`Put ${count} away for good, never to be replayed?`, io);
    if (answer === null)
      throw new UsageError(`forewarn dead-letters purge needs --yes: nobody can be asked here`);
    if (!answer) return exitCode.failed;
  }
  const purged = archive.purge(filter);
  io.stdout.write(
    options["json"] === true
      ? jsonOf({ purged: purged.map(nameOf) })
      : `${purged.length === 1 ? "1 dead letter is" : `${purged.length} dead letters are`} put away for good.\n`,
  );
  return missing > 0 ? exitCode.failed : exitCode.ok;
}

/** Tells which of the ids that were given mean nothing; how many. */
function missingOf({ ids = [] }: LetterFilter, letters: readonly Letter[], io: Io): number {
  const known = new Set(letters.flatMap(({ id, key }) => [id.toLowerCase(), key.toLowerCase()]));
  const missing = ids.filter((id) => !known.has(id.toLowerCase()));
  for (const id of missing)
    io.stderr.write(
      `forewarn dead-letters: no dead letter ${JSON.stringify(id)} is meant: list shows those there are\n`,
    );
  return missing.length;
}

function bySink(letters: readonly Letter[]): string {
  return [...Map.groupBy(letters, ({ sink }) => sink)]
    .map(([sink, own]) => `${sink} gets ${own.length === 1 ? "1 event" : `${own.length} events`}`)
    .join(", ");
}

function nameOf({ id, sink, reason }: Letter): object {
  return { id, sink, reason };
}

function jsonOf(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
