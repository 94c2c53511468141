import type { ForewarnEvent } from "@forewarn/sdk";
import { get } from "./ask.ts";

/** What the live stream of an agent says. */
export type Live =
  | { readonly kind: "hello"; readonly version: string; readonly sinks: readonly string[] }
  | { readonly kind: "event"; readonly seq: number; readonly event: ForewarnEvent }
  | {
      readonly kind: "delivery";
      readonly sink: string;
      readonly attempt: number;
      readonly ms: number;
      readonly seq: number;
      readonly event: ForewarnEvent;
    };

/** Nothing for so long, not even a sign of life, is a connection that is dead. */
const silenceMs = 40_000;

/** Follows the live stream until it ends; throws `AskError` where it cannot begin, and what fetch throws where it breaks. */
export async function* follow(
  url: string,
  types: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<Live> {
  const query = new URLSearchParams(types.map((type): [string, string] => ["types", type]));
  const silent = new AbortController();
  const timer = setTimeout(() => silent.abort(new Error("nothing came any more")), silenceMs);
  try {
    const ending = AbortSignal.any([signal, silent.signal]);
    const response = await get(`${url}/api/v1/events?${query.toString()}`, ending);
    const decoder = new TextDecoder();
    let text = "";
    for await (const chunk of response.body ?? []) {
      timer.refresh();
      text += decoder.decode(chunk, { stream: true });
      const frames = text.split("\n\n");
      text = frames.pop() ?? "";
      for (const frame of frames) {
        const live = liveOf(frame);
        if (live !== null) yield live;
      }
    }
  } finally {
    clearTimeout(timer);
  }
}

/** Null for a sign of life, and for what a later version may say. */
function liveOf(frame: string): Live | null {
  const [, kind, data] = /^event: (hello|event|delivery)\ndata: (.*)$/.exec(frame) ?? [];
  if (kind === undefined || data === undefined) return null;
  return { kind, ...(JSON.parse(data) as object) } as Live;
}
