import { type Static, Type } from "typebox";
import { type EventOf, simulated, Vm } from "./event.ts";

const instance = Type.Record(Type.String(), Type.Unknown(), {
  description:
    "`compute` and `network` of the instance document as IMDS names them, unknown fields too. What Azure leaves empty is absent. Lists are maps by what names their elements: `compute.tags` by name, `compute.storageProfile.dataDisks` by lun, `network.interface` by MAC address. User data, custom data, keys and encryption settings are never in it.",
});

/** What the instance document says of the VM. */
export const InstanceObservedData = Type.Object({
  reason: Type.Enum(["start", "heartbeat"], {
    description: "`start`: the agent began to watch this VM. `heartbeat`: `metadata.heartbeat` is over.",
  }),
  instance,
  simulated,
  vm: Vm,
});

/** One difference between two instance documents. */
export const InstanceChange = Type.Object({
  path: Type.String({
    description:
      "JSON Pointer (RFC 6901) into `instance` of `instance.observed`: `/compute/vmSize`, `/compute/tags/env`, `/compute/storageProfile/dataDisks/0`.",
  }),
  from: Type.Unknown({ description: "What was there; null where nothing was." }),
  to: Type.Unknown({ description: "What is there; null where nothing is." }),
});

/** The instance document says something else than before. */
export const InstanceChangedData = Type.Object({
  changes: Type.Array(InstanceChange, {
    minItems: 1,
    description: "What changed, ordered by path. The order of lists means nothing.",
  }),
  since: Type.String({
    format: "date-time",
    description:
      "When the VM was last seen as it was before; from a run before, when what that one knew was stored.",
  }),
  simulated,
  vm: Vm,
});

/** One difference between two instance documents. */
export type InstanceChange = Static<typeof InstanceChange>;

/** What the VM is, and how it changes. */
export type InstanceEvent =
  | EventOf<"io.forewarn.instance.observed", Static<typeof InstanceObservedData>>
  | EventOf<"io.forewarn.instance.changed", Static<typeof InstanceChangedData>>;
