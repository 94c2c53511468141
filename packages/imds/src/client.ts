import type { VersionedFamily } from "./api-versions.ts";
import { createAsker, type Question } from "./asker.ts";
import { type AttestedDocument, readAttestedDocument } from "./attested-document.ts";
import { ImdsError } from "./imds-error.ts";
import { type InstanceDocument, readInstance } from "./instance.ts";
import { jsonOf } from "./json-answer.ts";
import { type LoadBalancerDocument, readLoadBalancer } from "./load-balancer.ts";
import { type ImdsClientOptions, readOptions } from "./options.ts";
import { readResourcePath } from "./resource-path.ts";
import { readScheduledEvents, type ScheduledEventsDocument } from "./scheduled-events.ts";
import { createTokenCache } from "./token-cache.ts";
import { createTokens, type TokenOptions } from "./tokens.ts";
import type { ImdsToken } from "./token.ts";
import { createTransport } from "./transport.ts";
import { readVersions } from "./versions.ts";

/** What every call takes. */
export interface ImdsCallOptions {
  /** Gives the call up, which then throws an `ImdsError` of code `aborted` with the signal's reason as `cause`. */
  readonly signal?: AbortSignal | undefined;
}

/** How to ask for a part of the instance document. */
export interface ImdsInstanceOptions extends ImdsCallOptions {
  /** IMDS answers a single value (a leaf) only with "text", everything else only with "json", the default. */
  readonly format?: "json" | "text" | undefined;
  readonly apiVersion?: string | undefined;
}

/** How to ask for any path. */
export interface ImdsGetOptions extends ImdsInstanceOptions {
  /** More query parameters; they replace those written in the path. */
  readonly query?: Readonly<Record<string, string>> | undefined;
}

/** An answer as sent, of status 200. */
export interface ImdsRawAnswer {
  readonly status: number;
  /** The `Content-Type` header, "" if there was none. */
  readonly contentType: string;
  readonly body: string;
}

/**
 * A client of one IMDS endpoint. Every method throws `ImdsError` and nothing else. It asks a second time only when the
 * kept-alive connection of a GET had died, and when the host refused the api-version of the options.
 */
export interface ImdsClient {
  /** The whole instance document. */
  instance(
    path?: "",
    options?: ImdsInstanceOptions & { readonly format?: "json" | undefined },
  ): Promise<InstanceDocument>;
  /** One value below `/metadata/instance`, e.g. `compute/userData`, as sent. */
  instance(path: string, options: ImdsInstanceOptions & { readonly format: "text" }): Promise<string>;
  /** A part of the instance document, e.g. `compute/tagsList`, as parsed JSON. */
  instance(path: string, options?: ImdsInstanceOptions): Promise<unknown>;
  /** Any path below `/metadata`, written with or without it; the api-version follows from the path unless it is given. */
  get(path: string, options?: ImdsGetOptions): Promise<ImdsRawAnswer>;
  /** All scheduled events in scope. The first call switches the service on for this VM and may take two minutes. */
  scheduledEvents(options?: ImdsCallOptions): Promise<ScheduledEventsDocument>;
  /** Lets events start now instead of at their NotBefore, for all VMs in their `resources`; resolves when Azure has accepted. */
  startRequests(eventIds: readonly string[], options?: ImdsCallOptions): Promise<void>;
  /** The api-versions of the instance endpoints this host knows, as sent. */
  versions(options?: ImdsCallOptions): Promise<readonly string[]>;
  /** A token of a managed identity; cached until five minutes before it expires. */
  token(resource: string, options?: TokenOptions): Promise<ImdsToken>;
  /** A signed document about this VM; Azure's documentation asks for a nonce of ten digits. */
  attestedDocument(nonce?: string, options?: ImdsCallOptions): Promise<AttestedDocument>;
  /** The load balancer rules of this VM; throws `not-found` if it has none. */
  loadBalancer(options?: ImdsCallOptions): Promise<LoadBalancerDocument>;
  /** The api-version that each family of endpoints is asked with now: the one from the options until the host has refused it. */
  apiVersions(): Readonly<Record<VersionedFamily, string>>;
  /** Gives up what is under way and closes every connection; later requests throw `aborted`. May be called again. */
  close(): void;
}

const startRequestsBody = (eventIds: readonly string[]): string => {
  if (eventIds.length === 0 || eventIds.some((id) => typeof id !== "string" || id.trim() === "")) {
    throw new ImdsError("startRequests needs at least one EventId, and none may be empty.", {
      code: "invalid-argument",
      retryable: false,
      path: "/metadata/scheduledevents",
    });
  }
  return JSON.stringify({ StartRequests: eventIds.map((EventId) => ({ EventId })) });
};

/**
 * Makes a client; it connects at the first call, keeps at most one idle connection, for four seconds, and keeps no
 * process alive. Throws an `ImdsError` of code `invalid-argument` for options that cannot work.
 */
export const createImdsClient = (options: ImdsClientOptions = {}): ImdsClient => {
  const settings = readOptions(options);
  const transport = createTransport(settings.origin, settings.maxResponseBytes);
  const asker = createAsker(settings, transport);
  const tokens = createTokens(asker, createTokenCache(settings.now), settings.now);

  const ask = (path: string, question: Omit<Question, "resource">) =>
    asker.ask({ ...question, resource: readResourcePath(path) });

  function instance(
    path?: "",
    options?: ImdsInstanceOptions & { readonly format?: "json" | undefined },
  ): Promise<InstanceDocument>;
  function instance(
    path: string,
    options: ImdsInstanceOptions & { readonly format: "text" },
  ): Promise<string>;
  function instance(path: string, options?: ImdsInstanceOptions): Promise<unknown>;
  async function instance(
    path = "",
    { format, apiVersion, signal }: ImdsInstanceOptions = {},
  ): Promise<unknown> {
    const below = path.replace(/^\/+/, "");
    const full = below === "" ? "instance" : `instance/${below}`;
    const { response, origin } = await ask(full, { format, apiVersion, signal });
    if (format === "text") return response.body;
    return below === "" ? readInstance(response.body, origin) : jsonOf(response.body, origin);
  }

  return {
    instance,
    async get(path, { query = {}, format, apiVersion, signal } = {}) {
      const resource = readResourcePath(path);
      for (const [name, value] of Object.entries(query)) resource.query.set(name, value);
      const { response } = await asker.ask({ resource, format, apiVersion, signal });
      return { status: response.status, contentType: response.contentType, body: response.body };
    },
    async scheduledEvents({ signal } = {}) {
      const { response, origin } = await ask("scheduledevents", { signal });
      const document = readScheduledEvents(response.body, origin);
      asker.scheduledEventsAnswered();
      return document;
    },
    async startRequests(eventIds, { signal } = {}) {
      await ask("scheduledevents", { signal, body: startRequestsBody(eventIds) });
    },
    async versions({ signal } = {}) {
      const { response, origin } = await ask("versions", { signal });
      return readVersions(response.body, origin);
    },
    token: tokens,
    async attestedDocument(nonce, { signal } = {}) {
      const resource = readResourcePath("attested/document");
      if (nonce !== undefined) resource.query.set("nonce", nonce);
      const { response, origin } = await asker.ask({ resource, signal });
      return readAttestedDocument(response.body, origin);
    },
    async loadBalancer({ signal } = {}) {
      const { response, origin } = await ask("loadbalancer", { signal });
      return readLoadBalancer(response.body, origin);
    },
    apiVersions: asker.versions,
    close: asker.close,
  };
};
