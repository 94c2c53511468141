/** A part of what is known of a VM: a map, a list that has no natural key, or a text; null where IMDS says that there is nothing. */
export type Part = string | number | boolean | null | readonly Part[] | Machine;

/**
 * What is known of a VM: the instance document as IMDS names it, with maps in place of the lists whose elements have
 * names of their own. It is plain JSON, so a JSON Pointer names each part of it for good.
 */
export interface Machine {
  readonly [name: string]: Part;
}

/** Whether a part is a map. */
export function isMap(part: unknown): part is Machine {
  return typeof part === "object" && part !== null && !Array.isArray(part);
}

/** The part below a name; undefined where there is none, also for names that every object has. */
export function partOf(map: Machine, name: string): Part | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined;
}

/** The part at a path of names; undefined where there is none. */
export function partAt(machine: Machine, ...names: readonly string[]): Part | undefined {
  let part: Part | undefined = machine;
  for (const name of names) part = isMap(part) ? partOf(part, name) : undefined;
  return part;
}

/** The text at a path of names; null where there is none. */
export function textAt(machine: Machine, ...names: readonly string[]): string | null {
  const part = partAt(machine, ...names);
  return typeof part === "string" && part !== "" ? part : null;
}

/** The same JSON for the same content, whatever the order of names. */
export function canonical(part: Part): string {
  return JSON.stringify(part, (_, value: unknown) =>
    isMap(value) ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))) : value,
  );
}

/** Without what is empty: null, "", and maps and lists of nothing; a tag whose value is "" stays. */
export function withoutEmpty(machine: Machine): Machine {
  return Object.fromEntries(
    Object.entries(machine).flatMap(([name, part]) => {
      const kept = isMap(part) && name !== "tags" ? withoutEmpty(part) : part;
      return isEmpty(kept) ? [] : [[name, kept]];
    }),
  );
}

function isEmpty(part: Part): boolean {
  if (Array.isArray(part)) return part.every(isEmpty);
  return part === null || part === "" || (isMap(part) && Object.keys(part).length === 0);
}
