import { expect, test } from "vitest";
import { id, scheduled } from "../normalize/fixtures/entry.ts";
import { askedAgent } from "./fixtures/asked-agent.ts";
import { parseOpenMetrics } from "./fixtures/openmetrics.ts";

const accept = { accept: "application/openmetrics-text; version=1.0.0" };

test("bad answers by endpoint and class, those in a row now, and what was known stays: in the status and as a counter", async () => {
  const { ask, azure, clock, status } = await askedAgent({ ops: () => {} });
  azure.events = [scheduled()];
  await clock.advance(1000);
  azure.failing = "not-json";
  await clock.advance(1000);
  azure.failing = "wrong-shape";
  await clock.advance(4000);
  const { badAnswers, ...imds } = (await status()).imds;
  expect(imds).toMatchObject({ state: "failing", code: "wrong-shape", scheduledEvents: 1 });
  expect(badAnswers["scheduledevents"]?.inARow).toBe(imds.failures);
  expect(badAnswers["scheduledevents"]?.byClass).toEqual({
    "not-json": 1,
    "wrong-shape": imds.failures - 1,
  });
  const counted = async () => {
    const families = parseOpenMetrics((await ask("/metrics", { headers: accept })).body);
    const samples = families.find(({ name }) => name === "forewarn_imds_bad_answers")?.samples ?? [];
    return samples.filter(({ value }) => value > 0).map(({ labels, value }) => ({ ...labels, value }));
  };
  expect(await counted()).toEqual([
    { endpoint: "scheduledevents", class: "not-json", value: 1 },
    { endpoint: "scheduledevents", class: "wrong-shape", value: imds.failures - 1 },
  ]);

  azure.failing = null;
  await clock.advance(6000);
  const after = (await status()).imds;
  expect(after).toMatchObject({ state: "answering", code: null, message: null, failures: 0 });
  expect(after.badAnswers["scheduledevents"]).toMatchObject({ inARow: 0, byClass: { "not-json": 1 } });
  const told = await ask("/api/v1/status");
  expect(told.body).not.toContain(id);
});

test("an instance document that does not come is counted, too, while polls are well", async () => {
  const { azure, clock, status } = await askedAgent({ ops: () => {} });
  azure.compute = null;
  await clock.advance(61_000);
  const { badAnswers, state } = (await status()).imds;
  expect(state).toBe("answering");
  expect(badAnswers).toEqual({ instance: { inARow: 1, byClass: { "server-error": 1 } } });
});

test("documents that could not be read whole are counted apart", async () => {
  const { agent, ask, clock, status } = await askedAgent({ ops: () => {} });
  await clock.advance(1000);
  agent.telemetry.emit("polled", { incarnation: 1, events: 0, ms: 1, partial: true });
  agent.telemetry.emit("documentWarning", "event 0: EventId is missing");
  expect((await status()).imds.partialDocuments).toBe(1);
  const { body } = await ask("/metrics");
  expect(body).toContain('forewarn_imds_polls_total{result="partial"} 1\n');
  expect(body).toContain("forewarn_imds_document_warnings_total 1\n");
});
