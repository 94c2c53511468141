import { canonical, isMap, type Machine, type Part } from "./machine.ts";

/** The lists of the instance document whose order means nothing, and what names their elements. */
const keys: Readonly<Record<string, string>> = {
  tagsList: "name",
  dataDisks: "lun",
  interface: "macAddress",
  ipAddress: "privateIpAddress",
  subnet: "address",
};

/** What names the elements of a list of this name; undefined where nothing does. */
export function keyOfList(name: string): string | undefined {
  return Object.hasOwn(keys, name) ? keys[name] : undefined;
}

/** Whether the map of this name stands for a list, which IMDS always says in whole. */
export function isWholeList(name: string): boolean {
  return name === "tags" || keyOfList(name) !== undefined;
}

/**
 * The map that stands for a list: each element by its natural key. Elements without a key are `unnamed`; a key that
 * stands more than once gets `#2`, `#3`, … by content, so that the order of the list never matters.
 */
export function keyed(elements: readonly Part[], key: string): Machine {
  const groups = Map.groupBy(elements, (element) => nameOf(element, key));
  return Object.fromEntries(
    [...groups].flatMap(([name, group]) =>
      group
        .toSorted((a, b) => (canonical(a) < canonical(b) ? -1 : 1))
        .map((element, index) => [index === 0 ? name : `${name}#${index + 1}`, element]),
    ),
  );
}

function nameOf(element: Part, key: string): string {
  const name = isMap(element) ? element[key] : undefined;
  return typeof name === "string" && name !== "" ? name : "unnamed";
}
