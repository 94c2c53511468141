import type { AccessRules } from "../access/put-token.ts";
import type { BrokerHub } from "../broker/hub.ts";
import type { FaultList } from "../faults/fault-list.ts";

/** What all connections share. */
export interface Broker {
  /** The hub with this name, whatever the case of its letters. */
  findHub(name: string): BrokerHub | undefined;
  readonly rules: AccessRules;
  readonly faults: FaultList;
  /** Bytes. */
  readonly maxMessageSize: number;
  readonly now: () => number;
}
