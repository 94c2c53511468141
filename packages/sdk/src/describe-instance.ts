import { nameOfVm, type Vm } from "./event.ts";
import type { InstanceChange } from "./instance-event.ts";

const mostChanges = 5;
const mostText = 80;

/** What a VM is, in words: `web-01, Standard_D2s_v5, westeurope, zone 1`. */
export function describeVm(vm: Vm): string {
  const parts = [
    nameOfVm(vm) ?? "this machine",
    vm.size,
    vm.location,
    vm.zone === null ? null : `zone ${vm.zone}`,
    vm.scaleSet === null ? null : `of scale set ${vm.scaleSet}`,
  ];
  return parts.filter((part) => part !== null).join(", ");
}

/** Changes of a VM in words, the first five: `vmSize is Standard_D4s_v5, was Standard_D2s_v5; tag env removed`. */
export function describeChanges(changes: readonly InstanceChange[]): string {
  const told = changes.slice(0, mostChanges).map(describeChange);
  const rest = changes.length - told.length;
  return [...told, ...(rest > 0 ? [`${rest} more`] : [])].join("; ");
}

function describeChange({ path, from, to }: InstanceChange): string {
  const name = nameOf(path);
  if (to === null) return `${name} removed${from === null || isWhole(from) ? "" : `, was ${textOf(from)}`}`;
  if (from === null) return isWhole(to) ? `${name} added` : `${name} added, is ${textOf(to)}`;
  return `${name} is ${textOf(to)}, was ${textOf(from)}`;
}

function isWhole(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function textOf(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > mostText ? `${text.slice(0, mostText - 1).toWellFormed()}…` : text;
}

/** Lists whose elements have names of their own. */
const elements: readonly (readonly [string, string])[] = [
  ["/compute/tags/", "tag"],
  ["/compute/storageProfile/dataDisks/", "data disk"],
  ["/network/interface/", "NIC"],
];

function nameOf(path: string): string {
  const found = elements.find(([prefix]) => path.startsWith(prefix));
  const [prefix, kind] = found ?? [path.startsWith("/compute/") ? "/compute/" : "/", ""];
  const names = path.slice(prefix.length).split("/").map(unescape);
  return [kind, ...names].filter((name) => name !== "").join(" ");
}

function unescape(token: string): string {
  return token.replaceAll("~1", "/").replaceAll("~0", "~");
}
