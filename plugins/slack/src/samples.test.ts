import type { ScheduledEvent } from "@forewarn/sdk";
import { describe, expect, test } from "vitest";
import { asSeen } from "./fixtures/as-seen.ts";
import samples from "./fixtures/sample-events.json" with { type: "json" };
import type { Message } from "./message/compose.ts";
import { createRender } from "./message/render.ts";
import { createStories } from "./message/stories.ts";

/** Posted a second after they were seen; each story is told to the end by one process. */
const stories = createStories();
const render = createRender(
  { tags: ["team", "cost*"], mention: { error: "<!here>", warn: "S0PLATFORM" } },
  stories,
);

function shown(event: ScheduledEvent, { rich, plain }: Message): string {
  return [
    `Notification: ${asSeen({ text: rich.text ?? "" })}`,
    asSeen(rich),
    "Where blocks are refused:",
    asSeen(plain),
    `JSON of ${event.id}:`,
    JSON.stringify(rich, null, 2),
  ].join("\n\n");
}

describe("every sample document of Azure's, as people see it", () => {
  test.each(Object.entries(samples as unknown as Readonly<Record<string, readonly ScheduledEvent[]>>))(
    "%s",
    async (name, events) => {
      const pages = events.map((event) => {
        const message = render(event, Date.parse(event.time) + 1000);
        stories.remember(event);
        return shown(event, message);
      });
      await expect(`${pages.join(`\n\n${"=".repeat(80)}\n\n`)}\n`).toMatchFileSnapshot(
        `snapshots/${name}.txt`,
      );
    },
  );
});
