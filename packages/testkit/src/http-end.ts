import { once } from "node:events";
import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { isThe } from "./arrived.ts";
import type { Behaviour, OtherEnd, PlainBehaviour, ReceivedEvent } from "./harness.ts";

/** A request that a sink has sent, read to its end. */
export interface HttpDelivery {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

/** What is answered to a request. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A behaviour that is an answer. */
export type AnsweredBehaviour = "accept" | "reject" | "retry" | "misconfigured" | "throttle";

/** What is particular to the service that the end stands for. */
export interface HttpEndOptions {
  /** Valid options of the sink for this URL, such as `http://127.0.0.1:40123`; append a path if the service has one. */
  readonly options: (url: string) => Readonly<Record<string, unknown>>;
  /** The events of a delivery. */
  readonly read: (delivery: HttpDelivery) => readonly ReceivedEvent[];
  /** Where the service answers otherwise than 200, 400, 503, 401 and 429. `retry-after` is added to the last. */
  readonly answers?: Readonly<Partial<Record<AnsweredBehaviour, HttpAnswer>>>;
  /** Whether a request carries events, default: every POST. Others, such as a probe, count as no attempt. */
  readonly isDelivery?: (delivery: HttpDelivery) => boolean;
  /** What is answered, while deliveries are accepted, to requests that carry no events. Default 204. */
  readonly answerOther?: (delivery: HttpDelivery) => HttpAnswer;
  /** Whether a request that carries no events is answered so in every behaviour, such as a handshake. Default: none. */
  readonly isSpared?: (delivery: HttpDelivery) => boolean;
  readonly secrets?: readonly string[];
}

const answers: Readonly<Record<AnsweredBehaviour, HttpAnswer>> = {
  accept: { status: 200 },
  reject: { status: 400 },
  retry: { status: 503 },
  misconfigured: { status: 401 },
  throttle: { status: 429 },
};

/** A destination that speaks HTTP: shows every behaviour, on a port of loopback of its own. */
export async function startHttpEnd(given: HttpEndOptions): Promise<OtherEnd> {
  const { isDelivery = ({ method }) => method === "POST", answerOther = () => ({ status: 204 }) } = given;
  const received: ReceivedEvent[] = [];
  let behaviour: Behaviour = { kind: "accept" };
  let attempts = 0;
  let fault: unknown;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const delivery = await read(request).catch(() => undefined);
    // The sink has hung up before its end.
    if (delivery === undefined) return;
    const carries = isDelivery(delivery);
    const events = carries ? given.read(delivery) : [];
    if (carries) attempts++;
    if (!carries && given.isSpared?.(delivery) === true) {
      return answer(response, delivery, answerOther(delivery));
    }
    const does = doing(behaviour, events);
    if (does === "hang") return;
    if (does === "reset-before-answer") return void request.socket.resetAndDestroy();
    const isTaken = does === "accept" || does === "reset-in-acceptance";
    if (isTaken) received.push(...events);
    if (isTaken && !carries) return answer(response, delivery, answerOther(delivery));
    if (does === "reset-in-acceptance") return breakOff(response, answerFor("accept"));
    if (does === "reset-in-refusal") return breakOff(response, answerFor("retry"));
    answer(response, delivery, answerFor(does));
  }

  function answerFor(does: AnsweredBehaviour): HttpAnswer {
    const chosen = given.answers?.[does] ?? answers[does];
    if (behaviour.kind !== "throttle") return chosen;
    return { ...chosen, headers: { ...chosen.headers, "retry-after": behaviour.retryAfter } };
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      fault ??= error;
      request.socket.destroy();
    });
  });
  await listen(server, 0);
  const { port } = server.address() as AddressInfo;

  return {
    options: given.options(`http://127.0.0.1:${port}`),
    ...(given.secrets === undefined ? {} : { secrets: given.secrets }),
    received() {
      if (fault !== undefined) throw new Error("a delivery could not be read", { cause: fault });
      return received;
    },
    attempts: () => attempts,
    async behave(next) {
      behaviour = next;
      if (next.kind === "down") await stop(server);
      else if (!server.listening) await listen(server, port);
    },
    close: () => stop(server),
  };
}

type Doing = AnsweredBehaviour | Exclude<PlainBehaviour, "down">;

function doing(behaviour: Behaviour, events: readonly ReceivedEvent[]): Doing {
  if (behaviour.kind === "down") return "hang";
  if (behaviour.kind !== "refuse-one") return behaviour.kind;
  return events.some((received) => isThe(behaviour.event, received)) ? "reject" : "accept";
}

async function read(request: IncomingMessage): Promise<HttpDelivery> {
  const { method = "GET", url: path = "/", headers } = request;
  const chunks: Buffer[] = await request.toArray();
  return { method, path, headers, body: Buffer.concat(chunks) };
}

/** An answer without a body of its own repeats the request's path and headers, as careless servers do. */
function answer(response: ServerResponse, { path, headers }: HttpDelivery, chosen: HttpAnswer): void {
  const echo = chosen.status === 204 ? "" : JSON.stringify({ path, headers });
  response.writeHead(chosen.status, chosen.headers).end(chosen.body ?? echo);
}

function breakOff(response: ServerResponse, { status, headers }: HttpAnswer): void {
  response.writeHead(status, { ...headers, "content-length": "1000" });
  response.write("so far", () => response.destroy());
}

/** Listens; on a port that it had before also if somebody has borrowed that for a moment. */
async function listen(server: Server, port: number): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      server.listen(port, "127.0.0.1");
      await once(server, "listening");
      return;
    } catch (error) {
      if (tries === 40) throw error;
      await sleep(50);
    }
  }
}

async function stop(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}
