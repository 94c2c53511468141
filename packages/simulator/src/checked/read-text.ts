import { readFile } from "node:fs/promises";

/** The text of a file; rejects with a FileError whose code begins with `kind` and that says `cure`. */
export async function readText(path: string, kind: string, cure: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const { unreadable } = await import("./render-findings.ts");
    const { code = "" } = error as NodeJS.ErrnoException;
    const reason = code === "ENOENT" ? "there is no such file" : `it cannot be read (${code})`;
    throw unreadable(path, kind, reason, cure);
  }
}
