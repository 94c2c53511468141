/** Which event ids of one EventId have been given out. */
export interface GivenIds {
  /** How often each id has been given out; of those of updates the last 200. */
  readonly ids: Readonly<Record<string, number>>;
  /** How often at most one of the updates was told that are no longer in `ids`; absent where none is missing. */
  readonly forgotten?: number;
}

/**
 * An event that is changed back and forth needs no more than a handful; one that Azure changes each second would fill
 * the disk with its ids.
 */
const mostUpdates = 200;

const isUpdate = (base: string) => base.includes(":updated:");

/**
 * Gives out an id that was never given out: `base`, and `base:2`, `base:3`, … where it was. An update that is so long
 * ago that it is forgotten counts as one that was told as often as any other that is forgotten; so it may get a higher
 * number here than on another VM, which a receiver sees as two updates instead of one.
 */
export function giveId(given: GivenIds, base: string): { readonly id: string; readonly given: GivenIds } {
  const { [base]: before = isUpdate(base) ? (given.forgotten ?? 0) : 0, ...others } = given.ids;
  const uses = before + 1;
  const id = uses === 1 ? base : `${base}:${uses}`;
  return { id, given: withoutOldest({ ...given, ids: { ...others, [base]: uses } }) };
}

/** The ids that were given out by two who began with the same ones, where only one of them told updates. */
export function joinedIds(telling: GivenIds, other: GivenIds): GivenIds["ids"] {
  const more = Object.entries(other.ids).filter(([base]) => !isUpdate(base));
  return {
    ...telling.ids,
    ...Object.fromEntries(more.map(([base, uses]) => [base, Math.max(uses, telling.ids[base] ?? 0)])),
  };
}

function withoutOldest(given: GivenIds): GivenIds {
  const updates = Object.keys(given.ids).filter(isUpdate);
  const oldest = updates.slice(0, Math.max(0, updates.length - mostUpdates));
  if (oldest.length === 0) return given;
  const ids = { ...given.ids };
  for (const base of oldest) delete ids[base];
  const forgotten = Math.max(given.forgotten ?? 0, ...oldest.map((base) => given.ids[base] ?? 0));
  return { ids, forgotten };
}
