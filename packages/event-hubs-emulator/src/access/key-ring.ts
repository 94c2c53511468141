import { allRights } from "./right.ts";
import type { Right } from "./right.ts";

/** A shared access key and what it allows. */
export interface AccessKey {
  readonly key: string;
  readonly rights: readonly Right[];
}

/** The shared access keys of the namespace, by name. */
export interface KeyRing {
  get(name: string): AccessKey | undefined;
  entries(): readonly (readonly [string, AccessKey])[];
  /** Adds a key, or changes the key or the rights of one; a new key without rights gets all. */
  set(name: string, patch: Partial<AccessKey>): void;
  /** Whether there was one. */
  remove(name: string): boolean;
}

/** A key ring with these keys; throws a RangeError on a key without a value. */
export function createKeyRing(keys: Readonly<Record<string, Partial<AccessKey>>>): KeyRing {
  const byName = new Map<string, AccessKey>();
  const set = (name: string, patch: Partial<AccessKey>) => {
    const known = byName.get(name);
    const key = patch.key ?? known?.key;
    if (name === "" || key === undefined || key === "")
      throw new RangeError(`Key "${name}" needs a name and a value.`);
    byName.set(name, { key, rights: patch.rights ?? known?.rights ?? allRights });
  };
  for (const [name, key] of Object.entries(keys)) set(name, key);
  return {
    get: (name) => byName.get(name),
    entries: () => [...byName],
    set,
    remove: (name) => byName.delete(name),
  };
}
