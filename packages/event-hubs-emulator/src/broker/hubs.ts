import { createHub } from "./hub.ts";
import type { BrokerHub, HubEnvironment, HubOptions } from "./hub.ts";

/** The hubs of a namespace, by name without case. */
export interface Hubs {
  readonly list: readonly BrokerHub[];
  find(name: string): BrokerHub | undefined;
  /** Throws a RangeError on an unknown name. */
  get(name: string): BrokerHub;
  /** Throws a RangeError if there is one of this name, or if it cannot be made. */
  add(name: string, options: HubOptions): BrokerHub;
  /** Returns the removed hub; throws a RangeError on an unknown name. */
  remove(name: string): BrokerHub;
}

/** Hubs with these names; throws a RangeError like `add`. */
export function createHubs(named: Readonly<Record<string, HubOptions>>, environment: HubEnvironment): Hubs {
  const hubs = new Map<string, BrokerHub>();
  const self: Hubs = {
    get list() {
      return [...hubs.values()];
    },
    find: (name) => hubs.get(name.toLowerCase()),
    get(name) {
      const hub = self.find(name);
      if (hub) return hub;
      const known = self.list.map((other) => other.name).join(", ");
      throw new RangeError(`There is no hub "${name}". There are: ${known}.`);
    },
    add(name, options) {
      if (self.find(name)) throw new RangeError(`There is already a hub "${name}".`);
      const hub = createHub(name, options, environment);
      hubs.set(name.toLowerCase(), hub);
      return hub;
    },
    remove(name) {
      const hub = self.get(name);
      hubs.delete(name.toLowerCase());
      return hub;
    },
  };
  for (const [name, options] of Object.entries(named)) self.add(name, options);
  return self;
}
