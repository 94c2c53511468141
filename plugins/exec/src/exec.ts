import { defineSink, MisconfiguredError, Type } from "@forewarn/sdk";

/** Being built. */
export const exec = defineSink({
  type: "exec",
  summary: "Being built.",
  options: Type.Object({}, { additionalProperties: false }),
  open() {
    throw new MisconfiguredError("this sink is being built");
  },
});
