import type { Typed } from "rhea";

import { amqpTypes } from "../amqp/rhea.ts";
import { decodeError } from "./sections.ts";

/** An annotations section as typed values by key, so that types unknown here survive a round trip. */
export type Annotations = Readonly<Record<string, Typed>>;

/** Decodes an annotations section; an absent one is empty. Throws a DecodeError. */
export function readAnnotations(section: Buffer | undefined): Annotations {
  if (section === undefined) return {};
  const value = readMap(section);
  return Object.fromEntries(
    value.flatMap((key, index) => {
      const item = value[index + 1];
      return index % 2 === 0 && item !== undefined ? [[String(key.value), item]] : [];
    }),
  );
}

function readMap(section: Buffer): readonly Typed[] {
  try {
    const { value } = new amqpTypes.Reader(section).read() as { value: unknown };
    if (Array.isArray(value)) return value;
  } catch {
    // Told below: rhea says no more than that it read beyond the end.
  }
  throw decodeError("its annotations are no map");
}

/** Encodes a whole section, with the code of its descriptor. */
export function writeAnnotations(code: number, annotations: Annotations): Buffer {
  const writer = new amqpTypes.Writer();
  writer.write(amqpTypes.described(amqpTypes.wrap_ulong(code), amqpTypes.wrap_symbolic_map(annotations)));
  return writer.toBuffer();
}

/** The partition key among the annotations of a message. */
export function partitionKeyOf(annotations: Annotations): string | undefined {
  const key: unknown = annotations["x-opt-partition-key"]?.value;
  return typeof key === "string" ? key : undefined;
}
