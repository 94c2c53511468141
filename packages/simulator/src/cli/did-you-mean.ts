/** ` Did you mean "x"?` for the candidate at most 3 edits and under half of the word away, otherwise "". */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const [closest] = candidates
    .map((candidate) => ({ candidate, distance: editDistance(word, candidate) }))
    .filter(({ distance }) => distance <= 3 && distance < word.length / 2)
    .sort((one, other) => one.distance - other.distance);
  const fallback = candidates.find((candidate) => word.length > 2 && candidate.includes(word));
  const meant = closest?.candidate ?? fallback;
  return meant === undefined ? "" : ` Did you mean "${meant}"?`;
}

/** The number of letters to insert, delete or replace (Levenshtein). */
export function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [line, letter] of [...one].entries()) {
    const next = [line + 1];
    for (const [column, otherLetter] of [...other].entries())
      next.push(
        Math.min(
          (next[column] ?? 0) + 1,
          (row[column + 1] ?? 0) + 1,
          (row[column] ?? 0) + (letter === otherLetter ? 0 : 1),
        ),
      );
    row = next;
  }
  return row.at(-1) ?? 0;
}
