import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type Contestant, sinksOf, stateOf } from "./contestant.ts";
import { type BenchSettings, type Figure, figure } from "./figure.ts";
import { openStage, type Stage } from "./stage.ts";
import { quantile } from "./statistics.ts";
import { backlogType, writeBacklog } from "./backlog-file.ts";

const events = 10_000;
const mostSamples = 80;
const fewestSamples = 20;
const warmUp = 5;
const pollIntervalMs = 100;
const answerMs = 20;
const noticeMs = 10 * 60_000;
const name = "reaction, 10,000 events waiting and one sink dead";

/**
 * From the moment IMDS sent a document with a new reboot to the request on the receiver's socket, while 10,000 events
 * that are not urgent wait for that same sink, which takes 20 ms for each, and for another one, which takes connections
 * and never answers. The bare loop has neither.
 */
export async function backlog(
  [agent, bareLoop]: readonly [Contestant, Contestant],
  { reactionSamples }: BenchSettings,
): Promise<readonly Figure[]> {
  await using dead = await startDeadServer();
  await using agentStage = await openStage(burdened(agent, dead.url), answerMs);
  await using bareStage = await openStage(bareLoop, answerMs);
  await using players = new AsyncDisposableStack();
  players.use(agentStage.launch(pollIntervalMs));
  players.use(bareStage.launch(pollIntervalMs));
  await Promise.all([agentStage.next("polled"), bareStage.next("polled")]);
  await sleep(500);

  const rounds = { forewarn: [] as number[], bare: [] as number[] };
  const samples = Math.min(mostSamples, reactionSamples);
  // A busy machine is done with the backlog before all samples are taken; without it they would look too good.
  for (let sample = 0; sample < warmUp + samples && agentStage.arrivals() < events * 0.9; sample++) {
    const [forewarn, bare] = [await surprise(agentStage), await surprise(bareStage)];
    if (sample < warmUp) continue;
    rounds.forewarn.push(forewarn);
    rounds.bare.push(bare);
  }
  if (rounds.forewarn.length < fewestSamples)
    throw new Error(`${name}: the backlog was gone after ${rounds.forewarn.length} samples`);
  const quantiles = (part: number) => [quantile(rounds.forewarn, part), quantile(rounds.bare, part)] as const;
  return [
    figure("backlog.p50", `${name}: p50`, "ms", quantiles(0.5), { rounds }),
    figure("backlog.p95", `${name}: p95`, "ms", quantiles(0.95), { floor: { value: 20 } }),
    figure("backlog.p99", `${name}: p99`, "ms", quantiles(0.99)),
  ];
}

/** The agent with a backlog at two sinks, one of them dead; news is what is urgent. */
function burdened(agent: Contestant, deadUrl: string): Contestant {
  return {
    ...agent,
    prepare(task) {
      writeBacklog(stateOf(task.directory), { events, sinks: ["hook", "dead"] });
      const sinks = {
        hook: { type: "webhook", options: { url: task.receiverUrl } },
        dead: { type: "webhook", options: { url: deadUrl } },
      };
      return agent.prepare({ ...task, sinks: sinksOf(sinks) });
    },
    isNews: (body) => body.includes(`"type":"${backlogType}"`) && !body.includes('"source":"/bench"'),
  };
}

/** Measures a new event, and takes it away again. */
async function surprise(stage: Stage): Promise<number> {
  await sleep(Math.random() * pollIntervalMs);
  const [served, news] = [stage.next("served"), stage.next("news")];
  // At the usual 15 min it would become urgent up to a second after it appears, since NotBefore has whole seconds.
  const NotBefore = new Date(Date.now() + noticeMs);
  const { EventId } = stage.simulator.schedule({ EventType: "Reboot", NotBefore });
  const [servedAt, newsAt] = await Promise.all([served, news]);
  const gone = stage.next("served");
  stage.simulator.remove(EventId);
  await gone;
  return newsAt - servedAt;
}

/** A server that takes connections and never answers. */
async function startDeadServer(): Promise<AsyncDisposable & { readonly url: string }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => {}).resume());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
