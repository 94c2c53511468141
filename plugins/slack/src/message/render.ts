import { type ForewarnEvent, isScheduledEvent, matchesAny } from "@forewarn/sdk";
import { type Message, compose } from "./compose.ts";
import { fromNow } from "./duration.ts";
import type { ChooseTags } from "./facts.ts";
import { type Mentions, mentionFor } from "./mention.ts";
import { localTime } from "./mrkdwn.ts";
import { ownMessage } from "./own-message.ts";
import type { Parts } from "./parts.ts";
import { scheduledMessage } from "./scheduled-message.ts";
import type { Earlier, Stories } from "./stories.ts";
import { type TemplateSources, compileTemplates } from "./templates.ts";

/** What decides how messages look. */
export interface RenderOptions extends TemplateSources {
  /** Names or globs of tags to show. */
  readonly tags?: readonly string[];
  readonly mention?: Mentions;
}

/** Makes the message of one event at a moment, in epoch milliseconds. */
export type Render = (event: ForewarnEvent, now: number) => Message;

const lateMs = 60_000;

/** Makes a renderer; throws a `TemplateError` for a wrong template. */
export function createRender(options: RenderOptions, stories: Pick<Stories, "earlier">): Render {
  const choose = matchesAny(options.tags ?? []);
  const customize = compileTemplates(options);

  return (event, now) => {
    const earlier = isScheduledEvent(event) ? stories.earlier(event) : {};
    const parts = customize(partsOf(event, { earlier, now, choose }), event);
    return compose(
      { ...parts, footer: [...parts.footer, lateness(event, now)] },
      { mention: mentionFor(event, earlier, options.mention ?? {}), mark: markOf(event), id: event.id },
    );
  };
}

function partsOf(
  event: ForewarnEvent,
  context: { readonly earlier: Earlier; readonly now: number; readonly choose: ChooseTags },
): Parts {
  return isScheduledEvent(event) ? scheduledMessage(event, context) : ownMessage(event, context);
}

/** `SIMULATED` for an event that no Azure has announced. */
export function markOf({ data }: ForewarnEvent): string {
  return (data as { readonly simulated?: boolean } | undefined)?.simulated === true ? "SIMULATED" : "";
}

function lateness({ time }: ForewarnEvent, now: number): string {
  const at = Date.parse(time);
  return now - at > lateMs ? `Told late: seen ${localTime(at)}, ${fromNow(at, now)}` : "";
}
