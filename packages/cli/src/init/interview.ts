import { nearest } from "@forewarn/sdk";
import { UsageError } from "../command.ts";
import type { Answers } from "./compose-config.ts";
import { type EventChoice, eventChoices, type SinkKind, sinkKinds } from "./sink-kind.ts";

/** What was given on the command line. */
export interface GivenAnswers {
  readonly sink?: string;
  readonly to?: string;
  readonly events?: string;
}

/** Asks a person, who may answer with nothing for `usual`; null where nobody can be asked. */
export type Ask = ((question: string, usual: string | undefined) => Promise<string>) | null;

/** Says to the person why an answer will not do. */
export type Complain = (why: string) => void;

/**
 * The three answers: where events go, what exactly that is, and which events. What the command line gives is not asked; a
 * wrong answer is asked again, a wrong option throws `UsageError`, as does a missing one where nobody can be asked.
 */
export async function interview(
  given: GivenAnswers,
  ask: Ask,
  complain: Complain,
): Promise<Omit<Answers, "statePath">> {
  const types = sinkKinds.map(({ type }) => type);
  const kind = await answer({
    option: "sink",
    given: given.sink,
    question: `Where should events go: ${types.join(", ")}?`,
    usual: "slack",
    optional: false,
    read: kindOf,
  });
  const written = await answer({
    option: "to",
    given: given.to,
    question: `Its destination: ${kind.destination}.`,
    usual: kind.usual,
    optional: true,
    read: (text) => kind.options(text),
  });
  const { events } = await answer({
    option: "events",
    given: given.events,
    question:
      "Which events: alerts (what interrupts this VM), scheduled (all that is scheduled for it), all?",
    usual: kind.events,
    optional: true,
    read: eventsOf,
  });
  return { kind, written, events };

  async function answer<T extends object>(about: {
    readonly option: "sink" | "to" | "events";
    readonly given: string | undefined;
    readonly question: string;
    readonly usual: string | undefined;
    /** Whether what is usual stands where nobody can be asked. */
    readonly optional: boolean;
    readonly read: (text: string) => T | { readonly wrong: string };
  }): Promise<T> {
    const { option, question, usual, read } = about;
    const fixed = about.given ?? (ask === null && about.optional ? usual : undefined);
    if (fixed !== undefined) {
      const found = read(fixed);
      if ("wrong" in found) throw new UsageError(`forewarn init: --${option}: ${found.wrong}`);
      return found;
    }
    if (ask === null) throw new UsageError(missing(option, question));
    for (;;) {
      const found = read((await ask(question, usual)).trim() || (usual ?? ""));
      if (!("wrong" in found)) return found;
      complain(found.wrong);
    }
  }
}

function missing(option: string, question: string): string {
  return `forewarn init: there is no terminal to ask at: give --${option}. ${question} For example: forewarn init --sink slack --to SLACK_WEBHOOK_URL --events alerts`;
}

function kindOf(text: string): SinkKind | { readonly wrong: string } {
  const kind = sinkKinds.find(({ type }) => type === text);
  return (
    kind ?? {
      wrong: choose(
        text,
        sinkKinds.map(({ type }) => type),
      ),
    }
  );
}

function eventsOf(text: string): { readonly events: EventChoice } | { readonly wrong: string } {
  const events = eventChoices.find((each) => each === text);
  return events === undefined ? { wrong: choose(text, eventChoices) } : { events };
}

function choose(text: string, choices: readonly string[]): string {
  const near = nearest(text, [...choices]);
  return near === undefined
    ? `${JSON.stringify(text)} is none of ${choices.join(", ")}`
    : `${JSON.stringify(text)}: did you mean ${near}?`;
}
