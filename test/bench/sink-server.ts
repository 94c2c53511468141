/**
 * The other end of a drain, in a process of its own: a server on a bare socket, since `node:http` would be slower than
 * what it measures. Answers 204 to each request and looks at the events in it, which are all of the same length.
 *
 * `node sink-server.ts EXPECTED_EVENTS PER_STORY DELAY_MS`; tells its port, when enough have come to be warm, and a
 * tally once all have.
 */
import { createServer, type Socket } from "node:net";
import { eventBytes, firstSeq, sequenceAt } from "./backlog-file.ts";
import { type SinkMessage, warmUp } from "./sink-process.ts";

const [expected = 0, perStory = 1, delayMs = 0] = process.argv.slice(2).map(Number);
const ok = "HTTP/1.1 204 No Content\r\n\r\n";
const endOfHead = "\r\n\r\n";

const seen = new Uint8Array(expected);
const underWay = new Set<number>();
const newest = new Map<number, number>();
const tally = {
  distinct: 0,
  requests: 0,
  duplicates: 0,
  disorder: 0,
  overlaps: 0,
  warmAt: 0,
  lastAt: 0,
  warm: 0,
};

/** The indexes of the events in a body: one, or a JSON array of them. */
function indexesOf(body: Buffer): readonly number[] {
  const offset = body[0] === 0x5b ? 1 : 0;
  const indexes: number[] = [];
  for (let at = offset; at + eventBytes <= body.length; at += eventBytes + 1)
    indexes.push(Number(body.toString("latin1", at + sequenceAt, at + sequenceAt + 20)) - firstSeq);
  return indexes;
}

function note(indexes: readonly number[]): void {
  const at = performance.now();
  tally.requests++;
  for (const index of indexes) {
    const story = Math.floor(index / perStory);
    if (seen[index] === 1) tally.duplicates++;
    else tally.distinct++;
    seen[index] = 1;
    if (perStory > 1) {
      if ((newest.get(story) ?? -1) > index) tally.disorder++;
      newest.set(story, index);
    }
  }
  tally.lastAt = at;
  if (tally.warmAt === 0 && tally.distinct >= expected * warmUp) {
    [tally.warmAt, tally.warm] = [at, tally.distinct];
    process.send?.({ warm: tally.distinct } satisfies SinkMessage);
  }
  if (tally.distinct === expected) setTimeout(tell, delayMs + 20);
}

let told = false;
function tell(): void {
  if (told) return;
  told = true;
  const { warmAt, lastAt, warm, distinct, ...others } = tally;
  const perSecond = ((distinct - warm) / (lastAt - warmAt)) * 1000;
  process.send?.({ ...others, events: distinct, perSecond } satisfies SinkMessage);
}

function answer(socket: Socket, indexes: readonly number[]): void {
  if (delayMs === 0) return void socket.write(ok);
  const stories = new Set(indexes.map((index) => Math.floor(index / perStory)));
  for (const story of stories) {
    if (underWay.has(story)) tally.overlaps++;
    underWay.add(story);
  }
  setTimeout(() => {
    for (const story of stories) underWay.delete(story);
    socket.write(ok);
  }, delayMs);
}

function serve(socket: Socket): void {
  let pending: Buffer = Buffer.alloc(0);
  socket.setNoDelay();
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk: Buffer) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    for (;;) {
      const end = pending.indexOf(endOfHead);
      if (end < 0) return;
      const head = pending.toString("latin1", 0, end);
      const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
      const next = end + endOfHead.length + length;
      if (pending.length < next) return;
      const indexes = indexesOf(pending.subarray(end + endOfHead.length, next));
      note(indexes);
      answer(socket, indexes);
      pending = pending.subarray(next);
    }
  });
}

const server = createServer(serve).listen(0, "127.0.0.1", () =>
  process.send?.({ port: addressPort() } satisfies SinkMessage),
);
process.once("disconnect", () => process.exit());

function addressPort(): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
