import type { AgentOptions } from "../settings.ts";
import { callSink, type Surroundings } from "./call-sink.ts";
import { type Receipt, receiptOf } from "./try-sink.ts";

/** What came of looking at a sink without sending it an event. */
export interface Probe extends Pick<Receipt, "message" | "status" | "excerpt"> {
  /** `opened`: the sink has no probe, so that only an event can tell more. `ready`: its probe went well. */
  readonly outcome: "ready" | "opened" | Exclude<Receipt["outcome"], "delivered">;
  /** How long its probe took. */
  readonly ms: number;
}

/**
 * Opens one configured sink as the agent would and asks its probe, where it has one, within the sink's timeout. Throws
 * where the options name no such sink.
 */
export async function probeSink(
  name: string,
  options: AgentOptions,
  surroundings: Surroundings = {},
): Promise<Probe> {
  let hasProbe = false;
  const { attempted, ms } = await callSink(name, options, surroundings, (opened, signal) => {
    hasProbe = opened.probe !== undefined;
    return opened.probe?.(signal);
  });
  const { outcome, ...told } = receiptOf(attempted);
  if (outcome === "delivered") return { outcome: hasProbe ? "ready" : "opened", ms };
  return { ...told, outcome, ms };
}
