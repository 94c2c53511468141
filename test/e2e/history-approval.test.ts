import { userInfo } from "node:os";
import { startSimulator } from "@forewarn/imds-simulator";
import { expect, test } from "vitest";
import { configured, fileSink } from "./configuration.ts";
import { eventually } from "./eventually.ts";
import { forewarn, temporaryPlace } from "./forewarn.ts";
import { eventsIn, phasesOf } from "./lines.ts";

interface Told {
  readonly events: readonly {
    readonly type: string;
    readonly notice: { readonly measuredMs: number; readonly until: string; readonly below: boolean } | null;
  }[];
  readonly notices: readonly object[];
}

async function stdoutOf(...line: readonly string[]): Promise<string> {
  await using command = forewarn(line);
  expect([await command.exited(), command.stderr()]).toEqual([0, ""]);
  return command.stdout();
}

test("an approval has a line of its own with who gave it, and is no reason to call a notice short", async () => {
  using place = temporaryPlace();
  await using simulator = await startSimulator();
  const file = configured(place, { imds: simulator.url, sinks: { audit: fileSink(place) } });
  await using agent = forewarn(["run", "-c", file]);
  await agent.says("IMDS answers");
  const { EventId } = simulator.schedule({ EventType: "Reboot", EventSource: "User" });
  await eventually(() => phasesOf(eventsIn(place), EventId).includes("scheduled"), agent.stderr);
  await using approve = forewarn(["approve", EventId, "--yes", "-c", file]);
  expect([await approve.exited(), approve.stderr()]).toEqual([0, ""]);
  await eventually(() => phasesOf(eventsIn(place), EventId).includes("started"), agent.stderr);
  expect(await agent.end()).toBe(0);

  const table = await stdoutOf("history", "-c", file, "--event-id", EventId);
  expect(table).toMatch(
    new RegExp(
      ` APPROVED {6}Reboot of web-01 may start now, by ${userInfo().username} with forewarn approve$`,
      "m",
    ),
  );
  expect(table).toMatch(/^Reboot {2}web-01 \(this VM\) .* 1[45] min( \d+ s)? announced {2}15 min {6}kept$/m);

  // Of what is shown only the start is left; its notice is still that of the whole story.
  const started = ["--type", "scheduledevent.started", "--json"];
  const { events, notices } = JSON.parse(await stdoutOf("history", "-c", file, ...started)) as Told;
  expect(events.map(({ type }) => type)).toEqual(["io.forewarn.scheduledevent.started"]);
  expect(notices).toEqual([events[0]?.notice]);
  expect(events[0]?.notice).toMatchObject({ until: "notBefore", minimumMs: 900_000, below: false });

  const csv = await stdoutOf("history", "-c", file, "--type", "scheduledevent.approved", "--format", "csv");
  expect(csv.split("\r\n")[1]).toMatch(new RegExp(`,${userInfo().username} with forewarn approve$`));
});
