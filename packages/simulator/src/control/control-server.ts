import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";

import { hostPort } from "../http/listen-error.ts";
import { listenOn } from "../http/listening.ts";
import { readBody } from "../http/read-body.ts";
import type { Simulator } from "../simulator-api.ts";
import { controlError, errorJson, isControlError } from "./control-error.ts";
import { routes } from "./control-routes.ts";
import type { Controlled, ControlRequest } from "./control-routes.ts";
import { createPlays } from "./plays.ts";

/** A running control API. */
export interface ControlServer extends AsyncDisposable {
  /** Without a trailing slash. */
  readonly url: string;
}

/** Where the control API listens. */
export interface ControlOptions {
  /** Default 127.0.0.1: whoever reaches it can do everything. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
}

const BODY_LIMIT = 1024 * 1024;

/** Serves the control API of a simulator over HTTP, on a port of its own; rejects with a ListenError. */
export async function startControlServer(
  simulator: Simulator,
  { host = "127.0.0.1", port = 0 }: ControlOptions = {},
): Promise<ControlServer> {
  const controlled = { simulator, plays: createPlays(simulator) };
  const server = createServer((request, response) => {
    answer(controlled, request, host).then(
      (body) => send(response, 200, body ?? { done: true }),
      (error: unknown) => sendError(response, error),
    );
  });
  const { address, close } = await listenOn(server, host, port);
  return {
    url: `http://${hostPort(host, address.port)}`,
    async [Symbol.asyncDispose]() {
      controlled.plays.stop();
      await close();
    },
  };
}

async function answer(controlled: Controlled, request: IncomingMessage, host: string): Promise<unknown> {
  checkCaller(request, host);
  const asked = await controlRequest(request);
  const pattern = asked.segments.map((segment, index) => (index === 1 ? "*" : segment)).join("/");
  const route = routes[`${asked.method} /${pattern}`];
  if (route === undefined) throw noRoute(pattern);
  return route.handle(controlled, asked.segments[1] ?? "", asked);
}

/** No web page may reach it: a browser tells where a page comes from, and names the host that the page asked for. */
function checkCaller({ headers }: IncomingMessage, host: string): void {
  const name = (headers.host ?? "").replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
  const foreign = headers.origin ?? headers["sec-fetch-site"];
  if (foreign === undefined && ["localhost", "127.0.0.1", "::1", host].includes(name)) return;
  const cure = `Ask it from a program such as curl, as http://${host}.`;
  if (foreign !== undefined)
    throw controlError(403, "A web page may not ask here.", "the header Origin", cure);
  throw controlError(403, `This is not ${name}.`, "the header Host", cure);
}

async function controlRequest(request: IncomingMessage): Promise<ControlRequest> {
  const { method = "", url = "" } = request;
  const { pathname, searchParams } = new URL(url, "http://localhost");
  const text = await readBody(request, BODY_LIMIT);
  try {
    const segments = pathname
      .split("/")
      .filter((segment) => segment !== "")
      .map(decodeURIComponent);
    return { method, segments, parameters: searchParams, body: text === "" ? undefined : JSON.parse(text) };
  } catch (error) {
    if (error instanceof URIError)
      throw controlError(400, "The path is not valid.", "the path", "Write a % as %25.");
    const cure = `Send JSON, such as curl -d '{"EventType":"Reboot"}'.`;
    throw controlError(400, `The body is no JSON: ${(error as Error).message}.`, "body", cure);
  }
}

function noRoute(pattern: string): Error {
  const methods = Object.keys(routes).flatMap((route) =>
    route.endsWith(` /${pattern}`) ? [route.split(" ")[0]] : [],
  );
  return methods.length > 0
    ? controlError(405, "This path takes another method.", "the method", `Use ${methods.join(" or ")}.`)
    : controlError(
        404,
        `There is no path /${pattern}.`,
        "the path",
        `There are ${Object.keys(routes).join(", ")}.`,
      );
}

function sendError(response: ServerResponse, error: unknown): void {
  if (isControlError(error)) send(response, error.status, errorJson(error));
  else if (error instanceof RangeError)
    send(response, 400, { error: error.message, where: "body", cure: "GET /status shows what there is." });
  else send(response, 500, { error: String(error), where: "the simulator", cure: "Please report this." });
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8" });
  response.end(`${JSON.stringify(body, null, 2)}\n`);
}
