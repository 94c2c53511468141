import { STATUS_CODES } from "node:http";

import { tooManyRequests } from "./answer.ts";
import type { ServerAnswer } from "./answer.ts";

/** Every fault that has a name, with what a client sees of it. */
export const namedFaults = {
  hang: "accepts the request and never answers",
  reset: "ends the connection with a TCP reset",
  close: "ends the connection without an answer",
  "half-body": "announces the whole body, sends half of it and cuts the connection",
  empty: "200 with an empty body",
  "cut-json": "200 with the first half of the JSON, as if that were all",
  "control-characters": "the honest answer with raw control characters inside its JSON strings",
  "byte-order-mark": "the honest answer after a UTF-8 byte order mark",
  "wrong-shape": "200 with valid JSON that is none of the documents of IMDS",
  html: "200 with the login page of a proxy",
  "proxy-504": "504 with the HTML of a corporate proxy that cannot reach IMDS",
  redirect: "302 to another host",
  denied: "403 without a body, as the Guest Proxy Agent denies a process",
  "pod-identity": "500 with a text, as a pod identity interceptor answers in place of IMDS",
} as const satisfies Readonly<Record<string, string>>;

/** The name of a fault. */
export type NamedFault = keyof typeof namedFaults;

const html = { "Content-Type": "text/html; charset=utf-8" };
const closing = { Connection: "close" };

/** The faults that are an answer of their own, whatever was asked. */
const answers: Readonly<Partial<Record<NamedFault, ServerAnswer>>> = {
  empty: { status: 200, body: "" },
  "wrong-shape": { status: 200, body: { status: "ok", data: [] } },
  html: {
    status: 200,
    headers: html,
    body: "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Sign in to the network.</body></html>",
  },
  "proxy-504": {
    status: 504,
    headers: html,
    body: "<html><head><title>504 Gateway Timeout</title></head><body><h1>Gateway Timeout</h1></body></html>",
  },
  redirect: { status: 302, headers: { Location: "http://portal.invalid/" } },
  denied: { status: 403, headers: closing },
  "pod-identity": {
    status: 500,
    headers: { "Content-Type": "text/plain; charset=utf-8" },
    body: "pod list is empty",
  },
};

/** The answer that a named fault is by itself, or undefined where it changes the honest one. */
export function answerOfName(name: NamedFault): ServerAnswer | undefined {
  return answers[name];
}

/**
 * The answer of a bare status: with the bodies that captures show, and none where only the status is documented (410,
 * 500) or the Guest Proxy Agent sends none (403, 421, 502, 503).
 */
export function answerOfStatus(status: number): ServerAnswer {
  if (!Number.isInteger(status) || status < 200 || status > 599)
    throw new RangeError(`A status is a whole number from 200 to 599, not ${status}.`);
  if (status === 429) return tooManyRequests;
  if ([403, 421, 502, 503].includes(status)) return { status, headers: closing };
  if ([410, 500].includes(status) || status < 400) return { status };
  return { status, body: { error: STATUS_CODES[status] ?? "Error" } };
}
