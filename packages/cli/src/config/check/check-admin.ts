import { isIP, isIPv4 } from "node:net";
import type { AdminAddress } from "@forewarn/agent";
import type { Draft } from "../document/draft.ts";
import { readable, valueAt } from "../pointer.ts";
import type { PlacedFinding } from "../problems/problem.ts";
import { listenPattern } from "../schema/schema.ts";

/** Where the admin server listens when nothing is configured. */
export const defaultListen = "127.0.0.1:4690";

const path = "/admin/listen";
const mostPort = 65_535;

/** The parts of a valid `admin.listen`. */
export function addressOf(listen: string): AdminAddress {
  const colon = listen.lastIndexOf(":");
  return { host: listen.slice(0, colon).replaceAll(/[[\]]/g, ""), port: Number(listen.slice(colon + 1)) };
}

/** What of `admin.listen` a pattern cannot tell: a port that is too high, digits that are no address. */
export function adminFindings({ value }: Draft): readonly PlacedFinding[] {
  const listen = valueAt(value, path);
  // What has not the form is told by the schema.
  if (typeof listen !== "string" || !new RegExp(listenPattern).test(listen)) return [];
  const { host, port } = addressOf(listen);
  const finding = (message: string, suggestion: string): readonly PlacedFinding[] => [
    { code: "CONFIG_BAD_VALUE", path, at: "value", message: `${readable(path)} ${message}`, suggestion },
  ];
  if (port > mostPort) return finding(`has no port: it may be at most ${mostPort}`, `write ${defaultListen}`);
  if (listen.startsWith("[") ? isIP(host) !== 6 : /^[\d.]+$/.test(host) && !isIPv4(host))
    return finding("has no IP address", `write ${defaultListen}, or [::1]:4690`);
  return [];
}
