import { expect, test } from "vitest";
import { noon } from "./normalize/fixtures/entry.ts";
import { createAzure } from "./source/fixtures/azure.ts";
import { startStation, stateDirectory } from "./source/fixtures/station.ts";
import { tellPauses } from "./told-pauses.ts";
import { createVirtualClock } from "./time/virtual-clock.ts";

const paused = { sink: "ops", reason: "misconfigured", message: "answered 404" } as const;

function begin(directory = stateDirectory(), clock = createVirtualClock({ now: noon })) {
  const station = startStation({ imds: createAzure(), clock, directory });
  const { record, telemetry } = station;
  const outbox = { checkpoint: station.checkpoint };
  const pauses = tellPauses({ telemetry, record, outbox, clock, sinks: ["ops", "stream"] });
  const next = () => {
    station.end();
    return begin(directory, clock);
  };
  return { ...station, clock, pauses, next };
}

const delivered = (sink: string) => ({ sink, envelopes: [], attempt: 1, ms: 1 }) as const;

test("a pause and its end are told once each", () => {
  const { telemetry, told, events } = begin();
  telemetry.emit("sinkPaused", paused);
  telemetry.emit("sinkResumed", { sink: "ops", pausedMs: 30_000 });
  telemetry.emit("delivered", delivered("ops"));
  expect(told()).toEqual(["sink.paused", "sink.resumed"]);
  expect(events()[1]?.data).toMatchObject({ sink: "ops", pausedMs: 30_000 });
});

test("a pause of a run before is over with the first delivery after the restart, and told no second time meanwhile", async () => {
  const { clock, next, telemetry } = begin();
  telemetry.emit("sinkPaused", paused);
  await clock.advance(60_000);
  const second = next();
  second.telemetry.emit("sinkPaused", paused);
  second.telemetry.emit("delivered", delivered("stream"));
  expect(second.told()).toEqual(["sink.paused"]);
  second.telemetry.emit("delivered", delivered("ops"));
  expect(second.told()).toEqual(["sink.paused", "sink.resumed"]);
  expect(second.events()[1]?.data).toMatchObject({ pausedMs: 60_000 });
  const third = second.next();
  third.telemetry.emit("delivered", delivered("ops"));
  expect(third.told()).toHaveLength(2);
});

test("a sink that is taken out of the configuration is paused no longer", () => {
  const { pauses, telemetry, told } = begin();
  telemetry.emit("sinkPaused", paused);
  pauses.forget(["stream", "ops"]);
  expect(told()).toEqual(["sink.paused", "sink.resumed"]);
});
