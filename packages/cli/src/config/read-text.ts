import { open } from "node:fs/promises";

/** The most that is read of a file, in bytes: no configuration and no secret has more, and a device has no end. */
export const mostBytes = 1_000_000;

/** The text of a file as UTF-8; rejects as `readFile` does, and with the code `EFBIG` where there is more than 1 MB of it. */
export async function readText(path: string): Promise<string> {
  await using file = await open(path);
  const bytes = Buffer.alloc(mostBytes + 1);
  let length = 0;
  while (length < bytes.length) {
    const { bytesRead } = await file.read(bytes, length, bytes.length - length);
    if (bytesRead === 0) return bytes.toString("utf8", 0, length);
    length += bytesRead;
  }
  throw Object.assign(new Error("it is too large"), { code: "EFBIG" });
}
