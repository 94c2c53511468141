import type { AccessKey } from "../access/key-ring.ts";
import { allRights } from "../access/right.ts";
import type { ServiceError } from "../amqp/service-error.ts";
import { eventJson } from "../broker/event-json.ts";
import type { HubOptions } from "../broker/hub.ts";
import type { EventHubsEmulator, LinkFilter } from "../emulator-api.ts";
import { checkFault } from "../faults/check-fault.ts";
import { statusJson } from "./status-json.ts";

/** A request of the control API, its body parsed. */
export interface ControlRequest {
  readonly method: string;
  readonly url: URL;
  readonly body: unknown;
}

/** An answer of the control API; the body becomes JSON. */
export interface ControlAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** The handler of one method and path; `name` is the path's second segment. */
type Handler = (emulator: EventHubsEmulator, request: ControlRequest, name: string) => unknown;

/** Every route; `*` stands for a name. */
const routes: Readonly<Record<string, Handler>> = {
  "GET /status": (emulator) => statusJson(emulator),
  "GET /hubs/*/events": readEvents,
  "PUT /hubs/*": (emulator, { body }, name) => {
    const { partitionIds } = emulator.addHub(name, body as HubOptions);
    return { name, partitions: partitionIds.length };
  },
  "DELETE /hubs/*": (emulator, _request, name) => emulator.removeHub(name),
  "PUT /keys/*": (emulator, { body }, name) => emulator.setKey(name, keyOf(body)),
  "DELETE /keys/*": (emulator, _request, name) => emulator.removeKey(name),
  "GET /faults": ({ faults }) => faults.waiting,
  "POST /faults": ({ faults }, { body }) => {
    faults.add(checkFault(body));
    return faults.waiting;
  },
  "DELETE /faults": ({ faults }) => faults.clear(),
  "POST /detach": (emulator, { body }) => ({
    detached: emulator.detachLinks(errorOf(body), body as LinkFilter),
  }),
  "POST /close": (emulator, { body }) => ({ closed: emulator.closeConnections(errorOf(body)) }),
  "POST /drop": (emulator) => ({ dropped: emulator.dropConnections() }),
};

/** Does what a request asks; a mistake of the caller becomes 400, 404 or 405 with a sentence in `error`. */
export function answerControl(emulator: EventHubsEmulator, request: ControlRequest): ControlAnswer {
  const segments = request.url.pathname.split("/").filter((segment) => segment !== "");
  const [, name = ""] = segments;
  const path = `/${segments.map((segment, index) => (index === 1 ? "*" : segment)).join("/")}`;
  const handler = routes[`${request.method} ${path}`];
  if (handler === undefined) return unknownRoute(path);
  try {
    return { status: 200, body: handler(emulator, request, decodeURIComponent(name)) ?? { done: true } };
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof URIError)) throw error;
    return { status: 400, body: { error: error.message } };
  }
}

function unknownRoute(path: string): ControlAnswer {
  const methods = Object.keys(routes).flatMap((route) =>
    route.endsWith(` ${path}`) ? [route.split(" ")[0]] : [],
  );
  const error =
    methods.length > 0
      ? `Use ${methods.join(" or ")} here.`
      : `There is no such path. There are: ${Object.keys(routes).join(", ")}.`;
  return { status: methods.length > 0 ? 405 : 404, body: { error } };
}

function readEvents(
  emulator: EventHubsEmulator,
  { url: { searchParams } }: ControlRequest,
  name: string,
): unknown {
  const from = wholeNumber("from", searchParams.get("from") ?? "0");
  const limit = wholeNumber("limit", searchParams.get("limit") ?? "1000");
  const events = emulator.hub(name).events(searchParams.get("partition") ?? undefined);
  return events
    .filter(({ sequenceNumber }) => sequenceNumber >= from)
    .slice(0, limit)
    .map(eventJson);
}

function wholeNumber(name: string, text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new RangeError(`"${name}" is a whole number, not "${text}".`);
}

function errorOf(body: unknown): ServiceError | undefined {
  const { condition, description } = body as Partial<ServiceError>;
  if (condition === undefined) return undefined;
  if (typeof condition !== "string" || (description !== undefined && typeof description !== "string"))
    throw new RangeError("condition and description are texts.");
  return description === undefined ? { condition } : { condition, description };
}

function keyOf(body: unknown): Partial<AccessKey> {
  const { key, rights } = body as Partial<AccessKey>;
  if (key !== undefined && typeof key !== "string") throw new RangeError("key is a text.");
  if (rights !== undefined && !(Array.isArray(rights) && rights.every((right) => allRights.includes(right))))
    throw new RangeError(`rights is a list of ${allRights.join(", ")}.`);
  return { ...(key !== undefined && { key }), ...(rights !== undefined && { rights }) };
}
