import type { Random } from "./random.ts";

/** The name of the VM on which the agent runs. */
export const self = "web-01";

/** One scheduled event as Azure means it: times in milliseconds since the run began. */
export interface PlannedStory {
  readonly eventId: string;
  readonly eventType: string;
  readonly resources: readonly string[];
  readonly durationSeconds: number;
  readonly appears: number;
  readonly noticeMs: number;
  /** When NotBefore is moved by so much. */
  readonly moves: readonly { readonly at: number; readonly byMs: number }[];
  /** Null: it never starts. */
  readonly starts: number | null;
  readonly goes: number;
  /** When it is there again after it was gone. */
  readonly returns: { readonly from: number; readonly to: number } | null;
}

const types = ["Freeze", "Freeze", "Reboot", "Redeploy", "Preempt", "Terminate", "Mystery"];
const owners = [[self], [self], [self.toUpperCase()], ["web-02"], ["web-02", self], []];

/** What Azure will do until `until`. */
export function planStories(random: Random, until: number): readonly PlannedStory[] {
  const count = random.int(1, 7);
  return Array.from({ length: count }, (_, index) => planStory(random, until, index));
}

function planStory(random: Random, until: number, index: number): PlannedStory {
  const appears = random.int(0, Math.floor(until * 0.8));
  const noticeMs = random.pick([0, 5000, 30_000, 30_000, 60_000, 120_000, 900_000]);
  const lasting = random.int(1500, 60_000);
  const starts = random.chance(0.6) ? appears + Math.min(noticeMs, random.int(0, 60_000)) : null;
  const goes = (starts ?? appears) + lasting;
  const moves = Array.from({ length: random.pick([0, 0, 0, 1, 2]) }, () => ({
    at: appears + random.int(1, lasting),
    byMs: random.pick([-20_000, 30_000, 600_000]),
  }));
  const back = goes + random.int(1000, 20_000);
  const id = `${index}E1C0B52-7C1E-4D2B-9A55-${String(random.int(0, 999_999)).padStart(12, "A")}`;
  return {
    eventId: random.chance(0.3) ? id.toLowerCase() : id,
    eventType: random.pick(types),
    resources: random.pick(owners),
    durationSeconds: random.pick([-1, 0, 5, 9]),
    appears,
    noticeMs,
    moves,
    starts,
    goes,
    returns: random.chance(0.15) ? { from: back, to: back + lasting } : null,
  };
}

/** The entry of a story at a moment; undefined where the document does not name it. `epoch` is when the run began. */
export function entryAt(
  story: PlannedStory,
  moment: number,
  epoch: number,
): Readonly<Record<string, unknown>> | undefined {
  const { appears, goes, returns } = story;
  const again = returns !== null && returns.from <= moment && moment < returns.to;
  if (!again && !(appears <= moment && moment < goes)) return undefined;
  const started = story.starts !== null && story.starts <= moment;
  const moved = story.moves.filter((move) => move.at <= moment).reduce((sum, move) => sum + move.byMs, 0);
  const notBefore = epoch + (again ? returns.from : appears) + story.noticeMs + moved;
  return {
    EventId: story.eventId,
    EventType: story.eventType,
    EventStatus: started ? "Started" : "Scheduled",
    ResourceType: "VirtualMachine",
    Resources: story.resources,
    NotBefore: started ? "" : new Date(notBefore).toUTCString(),
    Description: "Host server is undergoing maintenance.",
    EventSource: "Platform",
    DurationInSeconds: story.durationSeconds,
  };
}
