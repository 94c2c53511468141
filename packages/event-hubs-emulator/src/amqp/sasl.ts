import type { KeyRing } from "../access/key-ring.ts";
import type { Claims } from "../access/claims.ts";

/** One exchange of rhea's SASL server. */
interface Mechanism {
  /** True once the client may go on, false if it may not. */
  outcome: boolean | undefined;
  start(response?: Buffer): void;
}

/** The mechanisms of an Event Hubs namespace, by name, in its order. */
export type Mechanisms = Readonly<Record<string, () => Mechanism>>;

/**
 * The mechanisms for one connection. MSSBCBS, ANONYMOUS and EXTERNAL let everybody in, who may then do nothing before a
 * token is put; PLAIN takes the name and the value of a key, whose rights then count for the connection.
 */
export function saslMechanisms(keys: KeyRing, claims: Claims): Mechanisms {
  const anybody = () => exchange(() => true);
  const plain = () =>
    exchange((response) => {
      const [, name = "", value = ""] = response.toString("utf8").split("\0");
      const valid = () => keys.get(name)?.key === value;
      if (!valid()) return false;
      const rights = () => (valid() ? (keys.get(name)?.rights ?? []) : []);
      claims.add({ path: [], expiresAt: Infinity, rights });
      return true;
    });
  return { MSSBCBS: anybody, PLAIN: plain, ANONYMOUS: anybody, EXTERNAL: anybody };
}

function exchange(decide: (response: Buffer) => boolean): Mechanism {
  const mechanism: Mechanism = {
    outcome: undefined,
    start(response) {
      mechanism.outcome = decide(response ?? Buffer.alloc(0));
    },
  };
  return mechanism;
}
