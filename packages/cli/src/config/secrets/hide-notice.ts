import { childOf, type Pointer, segmentsOf } from "../pointer.ts";
import type { Notice } from "../problems/problem.ts";
import { hideTelltales } from "./telltale.ts";

/** What is said about a place, without any secret that can be recognized: it may have been written in a wrong place. */
export function hiddenNotice<Code extends string>(notice: Notice<Code>): Notice<Code> {
  const { path, message, suggestion } = notice;
  return {
    ...notice,
    path: segmentsOf(path).map(hideTelltales).reduce<Pointer>(childOf, ""),
    message: hideTelltales(message),
    ...(suggestion === undefined ? {} : { suggestion: hideTelltales(suggestion) }),
  };
}
