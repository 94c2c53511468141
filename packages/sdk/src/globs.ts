/** A test of names by globs, in any case, as Azure compares names; `*` stands for any characters, also for none. */
export function matchesAny(globs: readonly string[]): (name: string) => boolean {
  const escaped = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
  const patterns = globs.map((glob) => new RegExp(`^${glob.split("*").map(escaped).join(".*")}$`, "isu"));
  return (name) => patterns.some((pattern) => pattern.test(name));
}
