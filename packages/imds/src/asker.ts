import { type Asked, answerError } from "./answer-error.ts";
import { exchangeError } from "./exchange-error.ts";
import type { HttpResponse } from "./http-client.ts";
import { isImdsError } from "./imds-error.ts";
import { type BodyOrigin, markupAnswer } from "./json-answer.ts";
import type { Settings } from "./options.ts";
import type { Family, ResourcePath } from "./resource-path.ts";
import type { Transport } from "./transport.ts";

/** One request to IMDS; the header, the api-version and the timeout are added. */
export interface Question {
  readonly resource: ResourcePath;
  readonly apiVersion?: string | undefined;
  readonly format?: "json" | "text" | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Makes it a POST; JSON. */
  readonly body?: string;
}

/** An answer of status 200 that is not HTML, and what an error about it would say. */
export interface Answer {
  readonly response: HttpResponse;
  readonly origin: BodyOrigin;
}

/** Asks IMDS; throws an `ImdsError` for everything but a 200. */
export interface Asker {
  ask(question: Question): Promise<Answer>;
  /** Says that Scheduled Events answered well, so that its first, slow call is over. */
  scheduledEventsAnswered(): void;
}

/** Scheduled Events is switched off for a VM that has not asked for this long, and slow again at the next request (Azure docs: Scheduled Events, "Enabling and disabling"). */
const SWITCHED_OFF_AFTER_MS = 24 * 3_600_000;

/** Families whose 200 answers hold no secret; an instance document may (user data), a token does. */
const SHOWABLE: ReadonlySet<Family> = new Set<Family>(["scheduledEvents", "loadBalancer", "versions"]);

/** The newest version not newer than the one refused, since its fields are known; else the oldest that is offered. */
const closest = (offered: readonly string[], refused: string): string | undefined => {
  const ascending = offered.toSorted();
  return ascending.findLast((version) => version < refused) ?? ascending.find((version) => version > refused);
};

/** Asks over `transport`, by `settings`. */
export const createAsker = (settings: Settings, transport: Transport): Asker => {
  let scheduledEventsAt: number | undefined;
  let instanceVersion = settings.apiVersions.instance;

  const timeoutFor = (question: Question): number => {
    if (question.resource.family !== "scheduledEvents" || question.body !== undefined)
      return settings.requestTimeoutMs;
    const silent =
      scheduledEventsAt === undefined || settings.now() - scheduledEventsAt >= SWITCHED_OFF_AFTER_MS;
    return silent ? settings.firstScheduledEventsTimeoutMs : settings.requestTimeoutMs;
  };

  const defaultVersion = (family: Family): string | undefined => {
    if (family === "versions") return undefined;
    return family === "instance" ? instanceVersion : settings.apiVersions[family];
  };

  const askOnce = async (question: Question, version: string | undefined): Promise<Answer> => {
    const { resource, body, signal } = question;
    const query = new URLSearchParams(resource.query);
    if (version !== undefined) query.set("api-version", version);
    if (question.format !== undefined) query.set("format", question.format);
    const target = query.size > 0 ? `${resource.path}?${query.toString()}` : resource.path;
    const method = body === undefined ? "GET" : "POST";
    const timeoutMs = timeoutFor(question);
    // However long Azure may think about the first answer, connecting is quick or will not succeed.
    const connectTimeoutMs = Math.min(timeoutMs, settings.requestTimeoutMs);
    const where = `${method} ${settings.origin}${target}`;
    const asked: Asked = { path: resource.path, where, timeoutMs, connectTimeoutMs };
    const headers = {
      Metadata: "true",
      "User-Agent": settings.userAgent,
      ...(body !== undefined && { "Content-Type": "application/json" }),
    };

    const request = { method, path: target, headers, ...(body !== undefined && { body }) } as const;
    const outcome = await transport.exchange(request, { timeoutMs, connectTimeoutMs, signal });
    if (outcome.kind !== "response") throw exchangeError(outcome, asked);
    if (outcome.status !== 200) throw answerError(outcome, asked);
    const origin: BodyOrigin = {
      path: asked.path,
      where: asked.where,
      excerpt: SHOWABLE.has(resource.family),
      status: outcome.status,
      ...(outcome.server !== undefined && { server: outcome.server }),
    };
    if (/^text\/html\b/i.test(outcome.contentType)) throw markupAnswer(outcome.body, origin);
    return { response: outcome, origin };
  };

  return {
    async ask(question) {
      const { family, query } = question.resource;
      const chosen = question.apiVersion ?? query.get("api-version") ?? undefined;
      const version = chosen ?? defaultVersion(family);
      try {
        return await askOnce(question, version);
      } catch (error) {
        if (chosen !== undefined || family !== "instance" || version === undefined) throw error;
        const offered = isImdsError(error) ? error.newestVersions : undefined;
        const other = offered && closest(offered, version);
        if (other === undefined) throw error;
        const answer = await askOnce(question, other);
        instanceVersion = other;
        return answer;
      }
    },
    scheduledEventsAnswered() {
      scheduledEventsAt = settings.now();
    },
  };
};
