import { defineSink, MisconfiguredError, Type } from "@forewarn/sdk";

/** Being built. */
export const slack = defineSink({
  type: "slack",
  summary: "Being built.",
  options: Type.Object({}, { additionalProperties: false }),
  open() {
    throw new MisconfiguredError("this sink is being built");
  },
});
