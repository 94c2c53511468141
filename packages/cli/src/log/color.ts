import { styleText } from "node:util";
import type { Io, Output } from "../io.ts";

/** Colours a text, or leaves it, for one output. */
export type Paint = (style: Parameters<typeof styleText>[0], text: string) => string;

/** Colours on a terminal, unless NO_COLOR is set or TERM is dumb; FORCE_COLOR wins. */
export function paintFor(output: Output, env: Io["env"]): Paint {
  const forced = env["FORCE_COLOR"] !== undefined && env["FORCE_COLOR"] !== "0";
  const refused = (env["NO_COLOR"] ?? "") !== "" || env["TERM"] === "dumb";
  const colored = forced || (output.isTTY === true && !refused);
  return (style, text) => (colored ? styleText(style, text, { validateStream: false }) : text);
}
