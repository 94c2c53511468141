import { isIP } from "node:net";

const loopbackNames: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * Whether a `host` header names this server: a loopback name, the host that is listened on, or the address that was
 * reached. A page on a name of its own that was made to lead here (DNS rebinding) names that one.
 */
export function isOwnHost(header: string, listened: string, reached: string | undefined): boolean {
  const name = /^(\[[^\]]*\]|[^:]*)(:\d+)?$/.exec(header.toLowerCase())?.[1];
  if (name === undefined || name === "") return false;
  return loopbackNames.has(name) || name === written(listened) || name === written(reached ?? "");
}

/** Whether only this machine can reach an address. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

/** A host as it stands in a URL. */
export function written(host: string): string {
  const plain = host.toLowerCase().replace(/^::ffff:(?=\d+\.)/, "");
  return isIP(plain) === 6 ? `[${plain}]` : plain;
}
