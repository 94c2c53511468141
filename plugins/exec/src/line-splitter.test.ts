import * as fc from "fast-check";
import { expect, it } from "vitest";
import { createLineSplitter } from "./line-splitter.ts";

/** Lines and what was left out of each, for bytes that arrive in these pieces. */
function linesOf(pieces: readonly Buffer[], maxBytes: number): readonly (readonly [string, number])[] {
  const lines: (readonly [string, number])[] = [];
  const splitter = createLineSplitter(maxBytes, (line, left) => lines.push([line.toString("latin1"), left]));
  for (const piece of pieces) splitter.take(piece);
  splitter.end();
  return lines;
}

it("gives the same lines however the bytes arrive: those between line breaks, cut, none of them empty", () => {
  // Line breaks must be frequent to meet the edges of pieces.
  const byte = fc.oneof(fc.constantFrom(10, 13), fc.integer({ min: 0, max: 255 }));
  const pieces = fc.array(fc.array(byte, { maxLength: 20 }));
  fc.assert(
    fc.property(pieces, fc.integer({ min: 1, max: 10 }), (arrays, maxBytes) => {
      const buffers = arrays.map((bytes) => Buffer.from(bytes));
      const whole = Buffer.concat(buffers)
        .toString("latin1")
        .split(/[\r\n]/)
        .filter((line) => line !== "");
      expect(linesOf(buffers, maxBytes)).toEqual(
        whole.map((line) => [line.slice(0, maxBytes), Math.max(0, line.length - maxBytes)]),
      );
    }),
  );
});
