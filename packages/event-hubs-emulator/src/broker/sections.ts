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
  let start = 0;
  while (start < message.length) {
    const section = sectionAt(message, start);
    yield section;
    start = section.end;
  }
}

/** The bytes of a data section. */
export function dataOf(message: Buffer, { code, value, end }: Section): Buffer {
  const constructor = message[value];
  if (code === SECTION.data && constructor === 0xa0) return message.subarray(value + 2, end);
  if (code === SECTION.data && constructor === 0xb0) return message.subarray(value + 5, end);
  throw decodeError(`a section 0x${code.toString(16)} at byte ${value} where data is expected`);
}

function sectionAt(message: Buffer, start: number): Section {
  if (message[start] !== 0) throw decodeError(`no section at byte ${start}`);
  const form = message[start + 1];
  // Descriptors are written as smallulong by everybody; the long form is legal too.
  const value = form === 0x53 ? start + 3 : form === 0x80 ? start + 10 : undefined;
  if (value === undefined) throw decodeError(`an unknown section at byte ${start}`);
  const end = value + lengthAt(message, value);
  const code = message[value - 1];
  if (code === undefined || !(end <= message.length))
    throw decodeError("the message ends in the middle of a section");
  return { code, start, value, end };
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
