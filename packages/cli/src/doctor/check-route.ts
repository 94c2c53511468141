import { about, type Finding } from "./finding.ts";
import { isReal, type Patient, realAddress } from "./patient.ts";

const { ok, fail, note, skipped } = about("route");

interface Route {
  readonly device: string;
  readonly gateway: string;
  readonly metric: number;
  readonly prefix: number;
}

/** Which network interface leads to IMDS, and whether it is the primary one, through which alone Azure answers. */
export function* checkRoute(patient: Patient): Iterable<Finding> {
  const { machine, endpoint } = patient;
  if (!isReal(patient)) return yield skipped(`The route does not matter for ${endpoint}`);
  const table = machine.read("/proc/net/route");
  if (table === null) {
    return yield skipped(
      "The routes of this system cannot be read here",
      `look yourself: ${machine.platform === "win32" ? `Find-NetRoute -RemoteIPAddress ${realAddress}` : `route get ${realAddress}`}`,
    );
  }
  const used = best(routesTo(realAddress, table));
  if (used === undefined && patient.instance !== null)
    return yield ok(`${realAddress} answers, by a route beside the main table`);
  if (used === undefined) {
    return yield fail(
      `There is no route to ${realAddress}`,
      `add one through the primary network interface: ip route add ${realAddress}/32 dev eth0; in a container use the host's network`,
    );
  }
  const way = used.gateway === "0.0.0.0" ? "directly" : `by ${used.gateway}`;
  const primary = best(routesTo("0.0.0.0", table).filter(({ prefix }) => prefix === 0))?.device;
  if (primary === undefined || primary === used.device) {
    return yield ok(`${realAddress} is reached through ${used.device}, ${way}`);
  }
  yield note(
    `${realAddress} is reached through ${used.device}, ${way}, but the default route leads through ${primary}`,
    `Azure answers only through the primary interface; where ${used.device} is not it: ip route replace ${realAddress}/32 dev ${primary}`,
  );
}

/** The routes of /proc/net/route that lead to an address. */
function routesTo(address: string, table: string): readonly Route[] {
  const to = numberOf(address);
  return table
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const [device = "", destination = "", gateway = "", flags = "", , , metric = "", mask = ""] =
        line.split(/\s+/);
      const isUp = (Number.parseInt(flags, 16) & 1) === 1;
      if (!isUp || (to & hex(mask)) >>> 0 !== hex(destination)) return [];
      return [{ device, gateway: textOf(hex(gateway)), metric: Number(metric), prefix: bitsOf(hex(mask)) }];
    });
}

/** The longest prefix wins, then the lowest metric. */
function best(routes: readonly Route[]): Route | undefined {
  return routes.toSorted((a, b) => b.prefix - a.prefix || a.metric - b.metric)[0];
}

function numberOf(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0) >>> 0;
}

/** The kernel writes addresses in the order of the host's bytes, which on every Azure machine is little-endian. */
function hex(text: string): number {
  const number = Number.parseInt(text, 16) >>> 0;
  return (
    (((number & 0xff) << 24) | ((number & 0xff00) << 8) | ((number >>> 8) & 0xff00) | (number >>> 24)) >>> 0
  );
}

function textOf(number: number): string {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 0xff).join(".");
}

function bitsOf(mask: number): number {
  return mask.toString(2).replaceAll("0", "").length;
}
