import { join } from "node:path";
import { expect, test } from "vitest";
import { createVirtualClock } from "../time/virtual-clock.ts";
import { draft, drafts, now, observer } from "./fixtures/draft.ts";
import { unlimited } from "./fixtures/limits.ts";
import { temporaryPlace } from "./fixtures/place.ts";
import { createLayers } from "./layers.ts";
import { DamageError } from "./state/state-error.ts";
import { openStore } from "./store.ts";

test("a damaged file that there is no room to replace: memory goes on, and the new file gets it all", () => {
  const place = temporaryPlace();
  place.open().close();
  const path = join(place.directory, "outbox.db");
  const options = { clock: createVirtualClock({ now }), limits: unlimited, onError: () => {} };
  const healthy = openStore(path, options);
  healthy.append(drafts(3), observer, {});
  const damaged = () => {
    throw new DamageError("a page is damaged");
  };
  let room = false;
  const layers = createLayers({
    ...options,
    path,
    disk: { ...healthy, append: damaged, next: damaged },
    openDisk: () => (room ? openStore(path, options) : full()),
    renew: full,
    tell: () => {},
  });
  layers.subscribe("a", "start");

  expect(() => layers.append([draft("lost")], observer, {})).toThrow("no space");
  const [kept] = layers.append([draft("kept")], observer, {});
  expect(kept?.durable).toBe(false);
  expect(layers.next("a", 0, 10).map(({ key }) => key)).toEqual(["kept"]);
  expect(layers.restore()).toBe(false);
  room = true;
  expect(layers.restore()).toBe(true);
  expect(layers.next("a", 0, 10)).toHaveLength(4);
  layers.close();
});

test("what is remembered in memory holds, also that there is nothing any more: the file says what was before", () => {
  const place = temporaryPlace();
  place.open().close();
  const path = join(place.directory, "outbox.db");
  const options = { clock: createVirtualClock({ now }), limits: unlimited, onError: () => {} };
  const healthy = openStore(path, options);
  healthy.append([], observer, { checkpoints: { told: { at: 1 }, kept: 2 } });
  let room = false;
  const layers = createLayers({
    ...options,
    path,
    disk: { ...healthy, append: (...call) => (room ? healthy.append(...call) : full()) },
    openDisk: full,
    renew: full,
    tell: () => {},
  });

  layers.append([], observer, { checkpoints: { told: null } });
  expect(layers.degraded()).toBe(true);
  expect(layers.checkpoint("told")).toBeNull();
  expect(layers.checkpoint("kept")).toBe(2);
  room = true;
  expect(layers.restore()).toBe(true);
  expect(layers.checkpoint("told")).toBeNull();
  layers.close();
});

function full(): never {
  throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
}
