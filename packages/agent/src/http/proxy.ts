import { BlockList, isIP } from "node:net";
import { MisconfiguredError } from "@forewarn/sdk";
import { createNoProxy, type Place } from "./no-proxy.ts";

/** Environment variables, such as `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The proxy for a URL; undefined where the connection is direct. Throws `MisconfiguredError` for a proxy that cannot be one. */
export type ProxyFor = (url: string | URL) => URL | undefined;

const ports: Readonly<Record<string, number>> = { "http:": 80, "ws:": 80, "https:": 443, "wss:": 443 };

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8);
loopback.addAddress("::1", "ipv6");

/**
 * Which proxy to use: `setting` is one for every URL, or `off` for none. Without it the environment decides, as for curl
 * and Go: HTTPS_PROXY for https and wss, HTTP_PROXY for http and ws, NO_PROXY for places without one, lower case first,
 * an empty variable like an absent one; loopback is never proxied then.
 */
export function createProxyFor(setting: string | undefined, environment: Environment): ProxyFor {
  if (setting === "off") return () => undefined;
  if (setting !== undefined)
    return (url) => (placeOf(url) === undefined ? undefined : parseProxy(setting, "the sink's proxy"));
  const isExempt = createNoProxy(valueOf("NO_PROXY", environment) ?? "");
  return (url) => {
    const place = placeOf(url);
    if (place === undefined || isLoopback(place) || isExempt(place)) return undefined;
    const variable = place.isSecure ? "HTTPS_PROXY" : "HTTP_PROXY";
    const value = valueOf(variable, environment);
    return value === undefined ? undefined : parseProxy(value, variable);
  };
}

/** What is wrong with the proxies of an environment, by variable. */
export function environmentProblems(
  environment: Environment,
): readonly (ProxyProblem & { readonly variable: "HTTPS_PROXY" | "HTTP_PROXY" })[] {
  return (["HTTPS_PROXY", "HTTP_PROXY"] as const).flatMap((variable) => {
    const problem = proxyProblem(valueOf(variable, environment) ?? "http://none");
    return problem === undefined ? [] : [{ ...problem, variable }];
  });
}

function valueOf(variable: string, environment: Environment): string | undefined {
  return environment[variable.toLowerCase()] || environment[variable] || undefined;
}

/** What is wrong with the URL of a proxy, to follow its name, and what to do. */
export interface ProxyProblem {
  readonly message: string;
  readonly suggestion: string;
}

/** Why a text cannot be the URL of a proxy, without a word of what it holds; undefined where it can. */
export function proxyProblem(text: string): ProxyProblem | undefined {
  const suggestion = "write http://HOST:PORT";
  const url = proxyUrlOf(text);
  if (url === null) return { message: "is not the URL of a proxy", suggestion };
  if (!/^https?:$/.test(url.protocol)) {
    const scheme = url.protocol.slice(0, -1);
    return {
      message: `is the URL of a ${scheme} proxy, and only http and https proxies are understood`,
      suggestion,
    };
  }
  if (url.pathname + url.search + url.hash !== "/")
    return { message: "has a path, which no proxy has (a PAC file is not understood)", suggestion };
  if (isDecodable(url.username + url.password)) return undefined;
  return {
    message: "has a user or a password with a % that encodes nothing",
    suggestion: "write %25 for a %",
  };
}

/** The URL that a text stands for, without a scheme that of an http proxy; null where it cannot be one. */
export function proxyUrlOf(text: string): URL | null {
  return URL.parse(/^[a-z][\w+.-]*:\/\//i.test(text) ? text : `http://${text}`);
}

function parseProxy(text: string, name: string): URL {
  const problem = proxyProblem(text);
  if (problem !== undefined)
    throw new MisconfiguredError(`${name} ${problem.message}: ${problem.suggestion}`);
  return proxyUrlOf(text) as URL;
}

function placeOf(url: string | URL): (Place & { readonly isSecure: boolean }) | undefined {
  const parsed = URL.parse(String(url));
  const port = ports[parsed?.protocol ?? ""];
  if (parsed === null || port === undefined) return undefined;
  const host = parsed.hostname.replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "");
  return { host, port: Number(parsed.port) || port, isSecure: port === 443 };
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function isLoopback({ host }: Place): boolean {
  const family = isIP(host);
  if (family !== 0) return loopback.check(host, family === 6 ? "ipv6" : "ipv4");
  return host === "localhost" || host.endsWith(".localhost");
}
