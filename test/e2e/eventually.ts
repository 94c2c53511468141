/** Resolves when the condition holds; rejects with what `describe` says after 20 s. */
export async function eventually(condition: () => boolean, describe: () => string): Promise<void> {
  const until = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > until) throw new Error(`waited 20 s: ${describe()}`);
    await new Promise((next) => setTimeout(next, 10));
  }
}
