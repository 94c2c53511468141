// oxlint-disable-next-line typescript/triple-slash-reference -- a program that starts from another package has to find it too
/// <reference path="./undici-parts.d.ts" />
import { BlockList, isIP } from "node:net";
import type { Socket } from "node:net";
import { MisconfiguredError } from "@forewarn/sdk";
import type { buildConnector } from "undici";
import connectorOf from "undici/lib/core/connect.js";

/**
 * Where no sink may connect: link-local addresses (IMDS hands out tokens there) and Azure's wire server. Loopback and
 * private addresses are allowed: receivers live there.
 */
const forbidden = new BlockList();
forbidden.addSubnet("169.254.0.0", 16);
forbidden.addAddress("168.63.129.16");
forbidden.addSubnet("fe80::", 10, "ipv6");

/** Whether an IP address, also an IPv4 address written as IPv6, is one that no sink may connect to. */
export function isForbidden(address: string): boolean {
  const bare = address.replace(/^\[|\]$/g, "").replace(/%.*$/, "");
  const family = isIP(bare);
  return family !== 0 && forbidden.check(bare, family === 6 ? "ipv6" : "ipv4");
}

/**
 * Connects as undici does, and refuses a forbidden address both as asked for and as connected, whatever DNS says. `what`
 * names whom it connects to, for the refusal.
 */
export function guardedConnector(
  options: buildConnector.BuildOptions,
  what: "URL" | "proxy" = "URL",
): buildConnector.connector {
  const connect = connectorOf(options);
  return (target, callback) => {
    if (isForbidden(target.hostname)) {
      callback(refusalOf(target.hostname, what), null);
      return;
    }
    connect(target, (...[error, socket]: Parameters<buildConnector.Callback>) => {
      const address = (socket as Socket | null)?.remoteAddress;
      keepAlert(socket);
      if (error !== null || address === undefined || !isForbidden(address)) {
        (callback as (error: Error | null, socket: Socket | null) => void)(error, socket as Socket | null);
        return;
      }
      socket?.destroy();
      callback(refusalOf(`${target.hostname} (${address})`, what), null);
    });
  };
}

/**
 * Keeps what a TLS server says before it hangs up, such as that it asks for a client certificate: of two errors of a
 * connection undici tells the last, that the other side has closed it.
 */
export function keepAlert(socket: Socket | null | undefined): void {
  socket?.once("error", () => socket.destroy());
}

/** What is said of a place where no sink may connect. */
export function refusalOf(place: string, what: "URL" | "proxy" = "URL"): MisconfiguredError {
  return new MisconfiguredError(
    `refused to connect to ${what === "proxy" ? "the proxy " : ""}${place}: sinks may not reach link-local addresses or Azure's wire server; use another ${what}`,
  );
}
