import { atLeast, type ForewarnEvent, isScheduledEvent, type Severity, type When } from "@forewarn/sdk";
import { createFilter } from "./filter.ts";

/** Whether a sink wants an event. */
export type Route = (event: { readonly type: string; readonly event: ForewarnEvent }) => boolean;

/** The route of a sink: its `when`, and never what Forewarn says of the sink itself. The type is tested first, so that an event need not be parsed for it. */
export function createRoute(sink: string, when: When): Route {
  const { minSeverity, filters = [] } = when;
  const matchesType = typeTest(when.types);
  const passesFilters = createFilter({ all: filters });
  const wantsAll =
    (when.scope ?? "all") === "all" &&
    minSeverity === undefined &&
    when.eventTypes === undefined &&
    filters.length === 0;
  const eventTypes = when.eventTypes?.map((type) => type.toLowerCase());
  return (candidate) => {
    if (!matchesType(candidate.type)) return false;
    if (candidate.type.startsWith("io.forewarn.sink.") && isAbout(candidate.event, sink)) return false;
    if (wantsAll) return true;
    const { event } = candidate;
    return (
      !(when.scope === "self" && event.affectsself === false) &&
      (minSeverity === undefined || atLeast(rankOf(event), minSeverity)) &&
      (eventTypes === undefined ||
        (isScheduledEvent(event) && eventTypes.includes(event.data.eventType.toLowerCase()))) &&
      passesFilters(event)
    );
  };
}

function isAbout(event: ForewarnEvent, sink: string): boolean {
  return "sink" in event.data && event.data.sink === sink;
}

/** What `minSeverity` compares: the impact of a scheduled event, so that a story is told to its end, else the severity. */
function rankOf(event: ForewarnEvent): Severity {
  return isScheduledEvent(event) ? event.data.impact : (event.severitytext.toLowerCase() as Severity);
}

function typeTest(globs: readonly string[] | undefined): (type: string) => boolean {
  if (globs === undefined) return () => true;
  const patterns = globs.map((glob) => {
    const parts = glob.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`));
    return new RegExp(`^${parts.join(".*")}$`);
  });
  return (type) => patterns.some((pattern) => pattern.test(type));
}
