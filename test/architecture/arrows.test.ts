import { describe, expect, test } from "vitest";
import { importsOf, read, type Room, rooms, sourcesOf } from "./workspace.ts";

/** The arrows of docs/architecture.md: what each room may import of ours; tests may import more. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  "packages/imds": [],
  "packages/sdk": [],
  "packages/simulator": ["@forewarn/imds"],
  "packages/agent": ["@forewarn/sdk", "@forewarn/imds"],
  "packages/cli": ["@forewarn/agent", "@forewarn/sdk", "@forewarn/imds", "@forewarn/imds-simulator"],
  "packages/testkit": ["@forewarn/sdk", "@forewarn/agent"],
  "packages/create-sink": [],
  "packages/event-hubs-emulator": [],
};

const arrowsOf = ({ folder }: Room) => allowed[folder] ?? ["@forewarn/sdk"];

const ours = (specifier: string) => /^(@forewarn\/|forewarn$)/.test(specifier);

const packageOf = (specifier: string) => specifier.split("/").slice(0, 2).join("/");

describe.each(rooms)("$folder", (room) => {
  const sources = sourcesOf(`${room.folder}/src`);
  const used = new Set(sources.flatMap(importsOf));

  test("imports only along the arrows", () => {
    const wrong = [...used]
      .filter(ours)
      .map(packageOf)
      .filter((name) => !arrowsOf(room).includes(name));
    expect(wrong).toEqual([]);
  });

  test("leaves its folder only by name", () => {
    const wrong = sources.flatMap((source) =>
      importsOf(source)
        .filter((specifier) => specifier.startsWith("."))
        .filter(
          (specifier) => !new URL(specifier, `file:///${source}`).pathname.startsWith(`/${room.folder}/src/`),
        )
        .map((specifier) => `${source} imports ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });

  test("declares what it imports", () => {
    const { dependencies, devDependencies, peerDependencies } = room.manifest;
    const declared = { ...dependencies, ...devDependencies, ...peerDependencies };
    const wrong = [...used]
      .filter((specifier) => !/^(\.|node:|#)/.test(specifier))
      .map((specifier) =>
        specifier.startsWith("@") ? packageOf(specifier) : (specifier.split("/")[0] as string),
      )
      .filter((name) => !(name in declared));
    expect([...new Set(wrong)]).toEqual([]);
  });

  test("has no circle of files", () => {
    expect(circleIn(sources)).toEqual([]);
  });
});

test("the simulator takes only types from imds", () => {
  const wrong = sourcesOf("packages/simulator/src").filter((source) =>
    /^import (?!type)[^;]*["']@forewarn\/imds["']/m.test(read(source)),
  );
  expect(wrong).toEqual([]);
});

/** The files of one circle of imports, or an empty list. */
function circleIn(sources: readonly string[]): readonly string[] {
  const next = new Map(sources.map((source) => [source, neighboursOf(source)]));
  const done = new Set<string>();
  const visit = (source: string, path: readonly string[]): readonly string[] => {
    if (path.includes(source)) return [...path.slice(path.indexOf(source)), source];
    if (done.has(source)) return [];
    for (const target of next.get(source) ?? []) {
      const circle = visit(target, [...path, source]);
      if (circle.length > 0) return circle;
    }
    done.add(source);
    return [];
  };
  for (const source of sources) {
    const circle = visit(source, []);
    if (circle.length > 0) return circle;
  }
  return [];
}

function neighboursOf(source: string): readonly string[] {
  return importsOf(source)
    .filter((specifier) => specifier.startsWith("."))
    .map((specifier) => new URL(specifier, `file:///${source}`).pathname.slice(1));
}
