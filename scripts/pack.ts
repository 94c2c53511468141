import { spawnSync } from "node:child_process";
import { resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");

/** A package as npm would publish it. */
export interface Packed {
  readonly name: string;
  readonly version: string;
  /** Its tarball, in the directory that it was packed into. */
  readonly filename: string;
  readonly integrity: string;
  readonly shasum: string;
  /** Bytes, unpacked. */
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

/** Packs the built packages of these folders, `packages` for all below it, into a directory; throws with what npm says where it cannot. */
export function pack(folders: readonly string[], directory: string): readonly Packed[] {
  const workspaces = folders.flatMap((folder) => ["-w", folder]);
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", directory, ...workspaces];
  const { status, stdout, stderr } = spawnSync("npm", args, { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(`npm pack: ${stderr}`);
  return JSON.parse(stdout) as readonly Packed[];
}
