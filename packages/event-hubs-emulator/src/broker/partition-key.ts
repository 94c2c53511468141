/**
 * The partition of a key: Bob Jenkins' lookup3 over its UTF-8 bytes, both halves joined to 16 bits, modulo the number of
 * partitions. It is the mapping that the Azure SDKs use on the client, so keys land where those expect them.
 */
export function partitionOf(key: string, partitionCount: number): number {
  return Math.abs(hashKey(key) % partitionCount);
}

/** The 16-bit hash of a key, -32768 to 32767. */
export function hashKey(key: string): number {
  const [b, c] = lookup3(Buffer.from(key, "utf8"));
  return ((b ^ c) << 16) >> 16;
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function lookup3(data: Buffer): readonly [number, number] {
  // The last block is padded with zeros, which adds nothing, as lookup3's tail does.
  const blocks = Buffer.alloc(Math.max(12, Math.ceil(data.length / 12) * 12));
  data.copy(blocks);
  let a = (0xdeadbeef + data.length) | 0;
  let b = a;
  let c = a;
  if (data.length === 0) return [b, c];
  const last = blocks.length - 12;
  for (let at = 0; at <= last; at += 12) {
    a = (a + blocks.readInt32LE(at)) | 0;
    b = (b + blocks.readInt32LE(at + 4)) | 0;
    c = (c + blocks.readInt32LE(at + 8)) | 0;
    if (at < last) [a, b, c] = mix(a, b, c);
  }
  return finish(a, b, c);
}

function mix(a0: number, b0: number, c0: number): [number, number, number] {
  let [a, b, c] = [a0, b0, c0];
  a = (a - c) ^ rotate(c, 4);
  c = (c + b) | 0;
  b = (b - a) ^ rotate(a, 6);
  a = (a + c) | 0;
  c = (c - b) ^ rotate(b, 8);
  b = (b + a) | 0;
  a = (a - c) ^ rotate(c, 16);
  c = (c + b) | 0;
  b = (b - a) ^ rotate(a, 19);
  a = (a + c) | 0;
  c = (c - b) ^ rotate(b, 4);
  b = (b + a) | 0;
  return [a, b, c];
}

function finish(a0: number, b0: number, c0: number): readonly [number, number] {
  let [a, b, c] = [a0, b0, c0];
  c = ((c ^ b) - rotate(b, 14)) | 0;
  a = ((a ^ c) - rotate(c, 11)) | 0;
  b = ((b ^ a) - rotate(a, 25)) | 0;
  c = ((c ^ b) - rotate(b, 16)) | 0;
  a = ((a ^ c) - rotate(c, 4)) | 0;
  b = ((b ^ a) - rotate(a, 14)) | 0;
  c = ((c ^ b) - rotate(b, 24)) | 0;
  return [b, c];
}
