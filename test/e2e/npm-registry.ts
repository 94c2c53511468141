import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { rooms } from "../architecture/workspace.ts";
import { pack } from "../../scripts/pack.ts";

/** A registry on loopback that has packages of this repository, packed as npm would publish them. */
export interface TestRegistry extends AsyncDisposable {
  /** For npm's environment: `@forewarn/*` comes from here, everything else from where it always comes from. */
  readonly env: Readonly<Record<string, string>>;
}

/** Packs the packages of these folders (see {@link pack}) into `directory` and serves them. */
export async function startTestRegistry(
  folders: readonly string[],
  directory: string,
): Promise<TestRegistry> {
  const packed = new Map(pack(folders, directory).map((each) => [each.name, each]));
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? "").slice(1);
    const found = packed.get(path);
    if (found !== undefined) {
      const tarball = `http://${request.headers.host}/${found.filename}`;
      const { version, integrity, shasum } = found;
      const dist = { tarball, integrity, shasum };
      const manifest = rooms.find((room) => room.manifest.name === path)?.manifest;
      response.setHeader("content-type", "application/json").end(
        JSON.stringify({
          name: path,
          "dist-tags": { latest: version },
          versions: { [version]: { ...manifest, dist } },
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
