/** A value of a record; blobs are of no use here and end the reading. */
export type Value = string | number | null;

const integerBytes: Readonly<Record<number, number>> = { 1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8 };

/** The values of a SQLite record (file format, section 2.1); null where the bytes are none. Never throws. */
export function decodeRecord(record: Buffer): readonly Value[] | null {
  const header = varint(record, 0);
  if (header === null || header.value < 2 || header.value > record.length) return null;
  const types: number[] = [];
  for (let at = header.end; at < header.value;) {
    const type = varint(record, at);
    if (type === null) return null;
    types.push(type.value);
    at = type.end;
  }
  const values: Value[] = [];
  let at = header.value;
  for (const type of types) {
    const size = sizeOf(type);
    if (size === null || at + size > record.length) return null;
    values.push(valueOf(record, at, type, size));
    at += size;
  }
  return at === record.length ? values : null;
}

/** Bytes of a value of this serial type; null for types that no column of ours has. */
function sizeOf(type: number): number | null {
  if (type === 0 || type === 8 || type === 9) return 0;
  if (type < 7) return integerBytes[type] ?? null;
  return type >= 13 && type % 2 === 1 ? (type - 13) / 2 : null;
}

function valueOf(record: Buffer, at: number, type: number, size: number): Value {
  if (type === 0) return null;
  if (type === 8) return 0;
  if (type === 9) return 1;
  if (type >= 13) return record.toString("utf8", at, at + size);
  return size === 8 ? Number(record.readBigInt64BE(at)) : record.readIntBE(at, size);
}

function varint(bytes: Buffer, start: number): { readonly value: number; readonly end: number } | null {
  let value = 0;
  for (let at = start; at < start + 8 && at < bytes.length; at++) {
    const byte = bytes[at] as number;
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return { value, end: at + 1 };
  }
  return null;
}
