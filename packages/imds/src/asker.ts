import { type Asked, answerError } from "./answer-error.ts";
import { createApiVersions, type VersionedFamily } from "./api-versions.ts";
import { exchangeError } from "./exchange-error.ts";
import type { HttpResponse } from "./http-client.ts";
import { isImdsError } from "./imds-error.ts";
import { INSTANCE_PATH } from "./instance.ts";
import { type BodyOrigin, markupAnswer } from "./json-answer.ts";
import type { Settings } from "./options.ts";
import type { RequestKind } from "./rate-budget.ts";
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
  /** The api-version that each family is asked with now. */
  versions(): Readonly<Record<VersionedFamily, string>>;
  /** Gives up what waits for its turn or is under way, and all that comes later. */
  close(): void;
}

/** Scheduled Events is switched off for a VM that has not asked for this long, and slow again at the next request (Azure docs: Scheduled Events, "Enabling and disabling"). */
const SWITCHED_OFF_AFTER_MS = 24 * 3_600_000;

/** Families whose 200 answers hold no secret; an instance document may (user data), a token does. */
const SHOWABLE: ReadonlySet<Family> = new Set<Family>(["scheduledEvents", "loadBalancer", "versions"]);

const KINDS: Readonly<Partial<Record<Family, RequestKind>>> = {
  scheduledEvents: "poll",
  identity: "token",
  instance: "instance",
};

const kindOf = ({ resource, body }: Question): RequestKind =>
  body === undefined ? (KINDS[resource.family] ?? "other") : "approval";

/** Whether only the version can be refused of it. */
const isWhole = ({ resource, body }: Question): boolean =>
  body === undefined && (resource.path === INSTANCE_PATH || resource.family === "scheduledEvents");

/** Asks over `transport`, by `settings`. */
export const createAsker = (settings: Settings, transport: Transport): Asker => {
  const versions = createApiVersions(settings);
  const closing = new AbortController();
  let scheduledEventsAt: number | undefined;

  const timeoutFor = (question: Question): number => {
    if (question.resource.family !== "scheduledEvents" || question.body !== undefined)
      return settings.requestTimeoutMs;
    const silent =
      scheduledEventsAt === undefined || settings.now() - scheduledEventsAt >= SWITCHED_OFF_AFTER_MS;
    return silent ? settings.firstScheduledEventsTimeoutMs : settings.requestTimeoutMs;
  };

  const turnOf = async (question: Question, asked: Asked): Promise<void> => {
    const signals = question.signal ? [question.signal, closing.signal] : [closing.signal];
    const mine = (await settings.budget?.take(kindOf(question), signals)) ?? true;
    if (!mine)
      throw exchangeError({ kind: "aborted", connected: false, cause: question.signal?.reason }, asked);
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
    const { maxResponseBytes } = settings;
    const asked: Asked = {
      path: resource.path,
      where,
      timeoutMs,
      connectTimeoutMs,
      maxResponseBytes,
      at: settings.now(),
    };
    const headers = {
      Metadata: "true",
      "User-Agent": settings.userAgent,
      ...(body !== undefined && { "Content-Type": "application/json" }),
    };

    const request = { method, path: target, headers, ...(body !== undefined && { body }) } as const;
    await turnOf(question, asked);
    const outcome = await transport.exchange(request, { timeoutMs, connectTimeoutMs, signal });
    if (outcome.kind !== "response") throw exchangeError(outcome, asked);
    if (outcome.status !== 200) {
      const error = answerError(outcome, asked);
      if (error.code === "throttled") settings.budget?.throttled(error.retryAfterMs);
      throw error;
    }
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

  const negotiated = async (question: Question, family: VersionedFamily): Promise<Answer> => {
    const version = versions.of(family);
    const askWith = async (tried: string): Promise<Answer> => {
      const answer = await askOnce(question, tried);
      versions.accepted(family, tried);
      return answer;
    };
    try {
      return await askWith(version);
    } catch (error) {
      const whole = isWhole(question);
      const other = isImdsError(error) ? versions.instead({ family, version, whole, error }) : undefined;
      if (other === undefined) throw error;
      return await askWith(other);
    }
  };

  return {
    ask(question) {
      const { family, query } = question.resource;
      const chosen = question.apiVersion ?? query.get("api-version") ?? undefined;
      return chosen !== undefined || family === "versions"
        ? askOnce(question, chosen)
        : negotiated(question, family);
    },
    versions: versions.all,
    close() {
      closing.abort();
      transport.close();
    },
    scheduledEventsAnswered() {
      scheduledEventsAt = settings.now();
    },
  };
};
