import { ImdsError } from "./imds-error.ts";
import type { RateBudget } from "./rate-budget.ts";
import type { Family } from "./resource-path.ts";
import { VERSION } from "./version.ts";

/** How to ask IMDS; every option has a default that is right on an Azure VM. */
export interface ImdsClientOptions {
  /** Where IMDS is: http, a host and perhaps a port, nothing more. Default `http://169.254.169.254`. */
  readonly endpoint?: string | undefined;
  /** The `User-Agent` header. Default `forewarn-imds/<version>`. */
  readonly userAgent?: string | undefined;
  /** How long a request may take, from connecting to the last byte. Default 10 000 ms: 1 to 3 s proved too short in production. */
  readonly requestTimeoutMs?: number | undefined;
  /** The same for Scheduled Events until the first success, and again after 24 h without one. Default 130 000 ms: Azure docs, Scheduled Events, "Enabling and disabling": "up to 2 minutes". Connecting is held to `requestTimeoutMs` all the same. */
  readonly firstScheduledEventsTimeoutMs?: number | undefined;
  /** The longest body that is read. Default 16 MiB: a document of 10 000 events of 40 resources each. */
  readonly maxResponseBytes?: number | undefined;
  /** Default `2025-04-07`. A host that does not know a version from these options is asked for the newest one it offers that is not newer, and for ours again every six hours. */
  readonly instanceApiVersion?: string | undefined;
  /** Default `2020-07-01`, which is not one of the versions of the other endpoints. */
  readonly scheduledEventsApiVersion?: string | undefined;
  /** Default `2020-09-01`, the last one that added a field to the document. */
  readonly attestedApiVersion?: string | undefined;
  /** Default `2018-02-01`. */
  readonly identityApiVersion?: string | undefined;
  /** Default `2020-10-01`. */
  readonly loadBalancerApiVersion?: string | undefined;
  /** Says when a request may be sent; clients that share one share its rate. Default: at once. */
  readonly budget?: RateBudget | undefined;
  /** The wall clock in epoch milliseconds, for tokens that expire, and for the 24 h and the six hours above. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
}

/** {@link ImdsClientOptions}, checked and complete. */
export interface Settings {
  /** Without a slash at its end. */
  readonly origin: string;
  readonly userAgent: string;
  readonly requestTimeoutMs: number;
  readonly firstScheduledEventsTimeoutMs: number;
  readonly maxResponseBytes: number;
  readonly apiVersions: Readonly<Record<Exclude<Family, "versions">, string>>;
  readonly budget: RateBudget | undefined;
  readonly now: () => number;
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;

const invalid = (message: string): ImdsError =>
  new ImdsError(message, { code: "invalid-argument", retryable: false, path: "" });

const originOf = (endpoint: string): string => {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  const bare =
    url?.pathname === "/" &&
    url.search === "" &&
    url.hash === "" &&
    url.username === "" &&
    url.password === "";
  if (url?.protocol === "http:" && bare && !/[?#@]/.test(endpoint)) return url.origin;
  throw invalid(
    `the endpoint ${JSON.stringify(endpoint.replace(/\/\/[^/]*@/, "//***@"))} must be "http://" with a host and perhaps a port, like http://169.254.169.254: IMDS speaks no https, and paths are added to it.`,
  );
};

const within = (name: string, value: number, most: number): number => {
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw invalid(`${name} is ${value}; it must be a whole number from 1 to ${most}.`);
};

const headerValue = (name: string, value: string): string => {
  if (/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(value)) return value;
  throw invalid(
    `${name} is ${JSON.stringify(value)}; it must be printable ASCII, since it is sent as a header.`,
  );
};

/** Checks options and fills in defaults; throws an `ImdsError` of code `invalid-argument` for one that cannot work. */
export const readOptions = (options: ImdsClientOptions): Settings => ({
  origin: originOf(options.endpoint ?? "http://169.254.169.254"),
  userAgent: headerValue("userAgent", options.userAgent ?? `forewarn-imds/${VERSION}`),
  requestTimeoutMs: within("requestTimeoutMs", options.requestTimeoutMs ?? 10_000, LONGEST_TIMER_MS),
  firstScheduledEventsTimeoutMs: within(
    "firstScheduledEventsTimeoutMs",
    options.firstScheduledEventsTimeoutMs ?? 130_000,
    LONGEST_TIMER_MS,
  ),
  maxResponseBytes: within("maxResponseBytes", options.maxResponseBytes ?? 16 * 1024 * 1024, 2 ** 30),
  apiVersions: {
    instance: options.instanceApiVersion ?? "2025-04-07",
    scheduledEvents: options.scheduledEventsApiVersion ?? "2020-07-01",
    attested: options.attestedApiVersion ?? "2020-09-01",
    identity: options.identityApiVersion ?? "2018-02-01",
    loadBalancer: options.loadBalancerApiVersion ?? "2020-10-01",
  },
  budget: options.budget,
  now: options.now ?? Date.now,
});
