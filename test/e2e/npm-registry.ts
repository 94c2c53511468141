import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");

/** A registry on loopback that has packages of this repository, packed as npm would publish them. */
export interface TestRegistry extends AsyncDisposable {
  /** For npm's environment: `@forewarn/*` comes from here, everything else from where it always comes from. */
  readonly env: Readonly<Record<string, string>>;
}

interface Packed {
  readonly name: string;
  readonly version: string;
  readonly filename: string;
  readonly integrity: string;
  readonly shasum: string;
}

/** Packs these folders of `packages` into `directory` and serves them; throws with what npm says where it cannot. */
export async function startTestRegistry(
  folders: readonly string[],
  directory: string,
): Promise<TestRegistry> {
  const packed = new Map(pack(folders, directory).map((each) => [each.name, each]));
  const manifests = new Map(
    folders.map((folder) => {
      const text = readFileSync(join(root, "packages", folder, "package.json"), "utf8");
      const manifest = JSON.parse(text) as { readonly name: string };
      return [manifest.name, manifest];
    }),
  );
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? "").slice(1);
    const found = packed.get(path);
    if (found !== undefined) {
      const tarball = `http://${request.headers.host}/${found.filename}`;
      const { version, integrity, shasum } = found;
      const dist = { tarball, integrity, shasum };
      response.setHeader("content-type", "application/json").end(
        JSON.stringify({
          name: path,
          "dist-tags": { latest: version },
          versions: { [version]: { ...manifests.get(path), dist } },
        }),
      );
      return;
    }
    const isTarball = [...packed.values()].some(({ filename }) => filename === path);
    if (isTarball) response.end(readFileSync(join(directory, path)));
    else response.writeHead(404).end("{}");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    env: { "npm_config_@forewarn:registry": `http://127.0.0.1:${(server.address() as AddressInfo).port}/` },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function pack(folders: readonly string[], directory: string): readonly Packed[] {
  const workspaces = folders.flatMap((folder) => ["-w", `packages/${folder}`]);
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", directory, ...workspaces];
  const { status, stdout, stderr } = spawnSync("npm", args, { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(`npm pack: ${stderr}`);
  return JSON.parse(stdout) as readonly Packed[];
}
