/** The candidate that a person most likely meant by `word`, or undefined where none is near. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const all = [...new Set(candidates)];
  const plain = normalize(word);
  if (plain === "") return undefined;
  const same = all.find((candidate) => normalize(candidate) === plain);
  if (same !== undefined) return same;
  const ranked = all
    .map((candidate) => ({ candidate, distance: distanceOf(plain, normalize(candidate)) }))
    .filter(({ candidate, distance }) => isNear(plain, normalize(candidate), distance))
    .sort((a, b) => a.distance - b.distance);
  return ranked[0]?.candidate;
}

/** Whether two words differ at most in case, `-` and `_`. */
export function isSameWord(a: string, b: string): boolean {
  return normalize(a) === normalize(b);
}

function normalize(word: string): string {
  return word.toLowerCase().replaceAll(/[-_\s]/g, "");
}

function isNear(word: string, candidate: string, distance: number): boolean {
  if (distance <= Math.max(1, Math.floor(Math.max(word.length, candidate.length) / 3))) {
    // One letter of two is not a likeness.
    return Math.min(word.length, candidate.length) > 2 || distance === 0;
  }
  const [short, long] = word.length < candidate.length ? [word, candidate] : [candidate, word];
  return short.length >= 4 && long.startsWith(short);
}

/** Edits (insert, remove, replace, swap of neighbours) between two words. */
function distanceOf(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const cost = a[row - 1] === b[column - 1] ? 0 : 1;
      let least = Math.min(at(above, column) + 1, at(current, column - 1) + 1, at(above, column - 1) + cost);
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) least = Math.min(least, at(before, column - 2) + 1);
      current.push(least);
    }
    before = above;
    above = current;
  }
  return at(above, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
