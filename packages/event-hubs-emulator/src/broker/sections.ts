/** The sections of an AMQP message, by the code of their descriptor (AMQP 1.0 part 3, section 3.2). */
export const SECTION = {
  header: 0x70,
  deliveryAnnotations: 0x71,
  messageAnnotations: 0x72,
  properties: 0x73,
  applicationProperties: 0x74,
  data: 0x75,
  sequence: 0x76,
  value: 0x77,
  footer: 0x78,
} as const;

/** Where a section lies in a message. */
export interface Section {
  readonly code: number;
  /** Of the descriptor's first byte. */
  readonly start: number;
  /** Of the constructor of the described value. */
  readonly value: number;
  /** Behind the last byte. */
  readonly end: number;
}

/** Thrown by readers of messages that are cut short or no AMQP. */
export interface DecodeError extends Error {
  readonly code: "decode";
}

/** Whether the error is a DecodeError. */
export function isDecodeError(error: unknown): error is DecodeError {
  return error instanceof Error && "code" in error && error.code === "decode";
}

/** Finds the sections of an encoded message without decoding them; throws a DecodeError. */
export function* sectionsOf(message: Buffer): Generator<Section, void> {
  for (let start = 0; start < message.length;) {
    const value = valueAt(message, start);
    const end = endAt(message, value, message.length);
    yield { code: message[value - 1] ?? 0, start, value, end };
    start = end;
  }
}

/** Where the value of the section at `start` begins, one byte behind its code; throws a DecodeError. */
export function valueAt(message: Buffer, start: number): number {
  // Descriptors are written as smallulong by everybody; the long form is legal too.
  const form = message[start] === 0 ? message[start + 1] : undefined;
  if (form === 0x53) return start + 3;
  if (form === 0x80) return start + 10;
  throw decodeError(`no section at byte ${start}`);
}

/** Behind the last byte of the value that begins at `value`; throws a DecodeError if that is behind `limit`. */
export function endAt(message: Buffer, value: number, limit: number): number {
  const end = value + lengthAt(message, value);
  if (end <= limit) return end;
  throw decodeError("the message ends in the middle of a section");
}

/** Where the bytes within a value of type binary begin; throws a DecodeError if it is of another type. */
export function bytesAt(message: Buffer, value: number): number {
  const constructor = message[value];
  if (constructor === 0xa0) return value + 2;
  if (constructor === 0xb0) return value + 5;
  throw decodeError(`no bytes at byte ${value}, where an event is expected`);
}

/** The length of a value with its constructor, by the subcategory of its format code (AMQP 1.0 part 1, section 1.2). */
function lengthAt(message: Buffer, at: number): number {
  const format = message[at];
  switch (format === undefined ? undefined : format >> 4) {
    case 0x4:
      return 1;
    case 0x5:
      return 2;
    case 0x6:
      return 3;
    case 0x7:
      return 5;
    case 0x8:
      return 9;
    case 0x9:
      return 17;
    case 0xa:
    case 0xc:
    case 0xe:
      return 2 + (message[at + 1] ?? NaN);
    case 0xb:
    case 0xd:
    case 0xf:
      return at + 5 <= message.length ? 5 + message.readUInt32BE(at + 1) : NaN;
    default:
      throw decodeError(`an unknown type at byte ${at}`);
  }
}

/** A DecodeError; `what` is wrong is told in a few words. */
export function decodeError(what: string): DecodeError {
  return Object.assign(new Error(`The message cannot be decoded: ${what}.`), { code: "decode" as const });
}
