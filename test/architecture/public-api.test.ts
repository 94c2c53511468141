import { join } from "node:path";
import { format } from "prettier";
import { afterAll, describe, expect, test } from "vitest";
import { apiPage, surfaceOf } from "./api-surface.ts";
import { emitDeclarations, entriesOf } from "./declarations.ts";
import { rooms } from "./workspace.ts";

const renew = "npx vitest run --project house test/architecture/public-api.test.ts -u";
const declarations = emitDeclarations();
afterAll(() => declarations[Symbol.dispose]());

describe.each(rooms.filter((room) => entriesOf(room).length > 0))("$folder", (room) => {
  const surfaces = new Map(
    entriesOf(room).map((entry) => [entry.specifier, surfaceOf(entry, declarations)] as const),
  );

  test("shows the world what is written in test/architecture/api", async () => {
    const page = apiPage(room.manifest.name, surfaces);
    await expect(
      await format(page, { parser: "markdown", printWidth: 110 }),
      `the public API changed; where that is meant, write a changeset and renew the page: ${renew}`,
    ).toMatchFileSnapshot(join(import.meta.dirname, "api", `${room.name}.md`));
  });

  test("its types need no package that it does not bring along", () => {
    const { dependencies, peerDependencies } = room.manifest;
    const brought = { ...dependencies, ...peerDependencies };
    const needed = [...surfaces.values()].flatMap(({ packages }) => [...packages]);
    const names = needed
      .filter((specifier) => !specifier.startsWith("node:"))
      .map((specifier) =>
        specifier
          .split("/")
          .slice(0, specifier.startsWith("@") ? 2 : 1)
          .join("/"),
      );
    expect([...new Set(names)].filter((name) => !(name in brought))).toEqual([]);
  });
});
