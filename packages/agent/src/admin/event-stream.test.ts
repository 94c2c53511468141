import { once } from "node:events";
import { connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { askAt, type AskedAgent, askedAgent } from "./fixtures/asked-agent.ts";

interface Frame {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Reads a live stream until the test ends. */
async function listen(url: string, path = "/api/v1/events") {
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  const response = await fetch(`${url}${path}`, { signal: ending.signal });
  let text = "";
  const reading = (async () => {
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) text += chunk;
  })();
  reading.catch(() => {});
  const frames = () =>
    text
      .split("\n\n")
      .slice(0, -1)
      .filter((frame) => frame.startsWith("event: "))
      .map((frame): Frame => {
        const [, event = "", data = ""] = /^event: (.*)\ndata: (.*)$/.exec(frame) ?? [];
        return { event, data: JSON.parse(data) as Frame["data"] };
      });
  return {
    status: response.status,
    reading,
    text: () => text,
    frames,
    async until(count: number): Promise<readonly Frame[]> {
      while (frames().length < count) await new Promise((next) => setTimeout(next, 5));
      return frames();
    },
  };
}

const typeOf = ({ data }: Frame) =>
  (data["event"] as { readonly type: string }).type.replace("io.forewarn.", "");

async function dropped({ ask }: AskedAgent): Promise<string | undefined> {
  return /^forewarn_admin_readers_dropped_total (.*)$/m.exec((await ask("/metrics")).body)?.[1];
}

test("every event as it is stored and every delivery as it happens, after a greeting", async () => {
  const asked = await askedAgent({ ops: () => {} });
  await asked.clock.advance(1000);
  const stream = await listen(asked.url);
  await stream.until(1);
  asked.agent.telemetry.emit("sinkPaused", { sink: "ops", reason: "misconfigured", message: "403" });
  asked.agent.telemetry.emit("sinkResumed", { sink: "ops", pausedMs: 5 });
  const frames = await stream.until(3);
  expect(frames[0]).toMatchObject({ event: "hello", data: { sinks: ["ops"] } });
  expect(frames.slice(1).map((frame) => `${frame.event} ${typeOf(frame)}`)).toEqual([
    "event sink.paused",
    "event sink.resumed",
  ]);
});

test("only the types that were asked for, with the sink, the attempt and the time of each delivery", async () => {
  const asked = await askedAgent({ ops: () => {}, file: () => {} });
  const stream = await listen(
    asked.url,
    "/api/v1/events?types=io.forewarn.sink.*&types=io.forewarn.agent.stopped",
  );
  await stream.until(1);
  await asked.clock.advance(1000);
  asked.agent.telemetry.emit("sinkPaused", { sink: "ops", reason: "misconfigured", message: "403" });
  await asked.clock.advance(1000);
  const frames = await stream.until(3);
  expect(frames.slice(1).map((frame) => [frame.event, typeOf(frame)])).toEqual([
    ["event", "sink.paused"],
    ["delivery", "sink.paused"],
  ]);
  expect(frames[2]?.data).toMatchObject({ sink: "file", attempt: 1, ms: 0 });
  expect(frames[2]?.data["seq"]).toBe(frames[1]?.data["seq"]);
});

test("a sign of life every 15 s, and the stream ends with the agent", async () => {
  const asked = await askedAgent({ ops: () => {} });
  const stream = await listen(asked.url);
  await stream.until(1);
  await asked.clock.advance(31_000);
  while (stream.text().split("\n:\n").length < 3) await new Promise((next) => setTimeout(next, 5));
  const stopping = asked.agent.stop();
  await asked.clock.advance(1000);
  await stopping;
  await stream.reading;
  expect(typeOf(stream.frames().at(-1) as Frame)).toBe("agent.stopped");
});

test("a reader that does not read is cut off and counted, and costs the others nothing", async () => {
  const asked = await askedAgent({ ops: () => {} });
  await asked.clock.advance(1000);
  const socket = connect(Number(new URL(asked.url).port), "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  socket.on("error", () => {});
  socket.pause();
  socket.write("GET /api/v1/events HTTP/1.1\r\nhost: localhost\r\n\r\n");
  await once(socket, "connect");
  const stream = await listen(asked.url, "/api/v1/events?types=io.forewarn.sink.resumed");
  await stream.until(1);
  const message = "x".repeat(100_000);
  // Each of another sink, since a pause is told only once.
  for (let n = 0; (await dropped(asked)) === "0"; n++)
    asked.agent.telemetry.emit("sinkPaused", { sink: `ops${n}`, reason: "misconfigured", message });
  expect(await dropped(asked)).toBe("1");
  asked.agent.telemetry.emit("sinkResumed", { sink: "ops", pausedMs: 5 });
  expect(typeOf((await stream.until(2))[1] as Frame)).toBe("sink.resumed");
});

test("eight readers, not nine; who goes makes room", async () => {
  const { url } = await askedAgent({ ops: () => {} });
  const ending = new AbortController();
  await fetch(`${url}/api/v1/events`, { signal: ending.signal });
  for (let n = 1; n < 8; n++) await listen(url);
  expect((await askAt(`${url}/api/v1/events`)).status).toBe(503);
  ending.abort();
  let status = 503;
  while (status === 503) ({ status } = await listen(url));
  expect(status).toBe(200);
});
