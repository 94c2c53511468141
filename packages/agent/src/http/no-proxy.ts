import { BlockList, isIP } from "node:net";
import { domainToASCII } from "node:url";

/** Where something listens. */
export interface Place {
  /** A name in lower case, or an IP address without brackets. */
  readonly host: string;
  readonly port: number;
}

type Rule = (place: Place) => boolean;

/**
 * Whether a place stands in a NO_PROXY list, separated by commas or white space: `*` is every place, `example.com` and
 * `.example.com` the name and all below it, `*.example.com` only what is below it, `10.0.0.4` and `fd00::4` an address,
 * `10.0.0.0/8` a block of addresses (names are not looked up); with `:443` behind it, an entry holds for that port alone.
 */
export function createNoProxy(list: string): (place: Place) => boolean {
  const rules = list
    .split(/[\s,]+/)
    .filter((entry) => entry !== "")
    .map(ruleOf);
  return (place) => rules.some((rule) => rule(place));
}

function ruleOf(entry: string): Rule {
  const [, bracketed, bracketedPort] = /^\[(.+)\](?::(\d+))?$/.exec(entry) ?? [];
  if (bracketed !== undefined) return atPort(bracketedPort, hostRule(bracketed));
  // More colons than one are an IPv6 address.
  const [, host = entry, port] = /^([^:]+):(\d+)$/.exec(entry) ?? [];
  return atPort(port, hostRule(host));
}

function atPort(port: string | undefined, rule: Rule): Rule {
  return port === undefined ? rule : (place) => place.port === Number(port) && rule(place);
}

function hostRule(host: string): Rule {
  if (host === "*") return () => true;
  const [, address = host, bits] = /^(.+)\/(.*)$/.exec(host) ?? [];
  if (isIP(address) !== 0) return addressRule(address, bits);
  const ascii = (name: string) => domainToASCII(name) || name.toLowerCase();
  const name = ascii(host.replace(/^\*?\./, "").replace(/\.$/, ""));
  const below: Rule = (place) => place.host.endsWith(`.${name}`);
  return host.startsWith("*") ? below : (place) => place.host === name || below(place);
}

function addressRule(address: string, bits: string | undefined): Rule {
  const most = isIP(address) === 6 ? 128 : 32;
  if (bits !== undefined && !(/^\d+$/.test(bits) && Number(bits) <= most)) return () => false;
  const block = new BlockList();
  block.addSubnet(address, bits === undefined ? most : Number(bits), familyOf(address));
  return ({ host }) => isIP(host) !== 0 && block.check(host, familyOf(host));
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 6 ? "ipv6" : "ipv4";
}
