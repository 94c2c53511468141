/** One change that users see, as `.changeset/*.md` tells it. */
export interface Change {
  readonly bump: "major" | "minor" | "patch";
  /** Markdown: one sentence or more. */
  readonly text: string;
}

const bumps = ["major", "minor", "patch"] as const;
const headings = { major: "Breaking", minor: "New", patch: "Better" } as const;

/** Reads a changeset; where it names several packages the greatest bump counts, since all versions move together. */
export function changeOf(changeset: string): Change {
  const [, front = "", text = ""] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(changeset) ?? [];
  const bump = bumps.find((each) => new RegExp(`: *${each} *$`, "m").test(front));
  if (bump === undefined || text.trim() === "")
    throw new Error("a changeset says `package: major|minor|patch` between two ---, and below what changed");
  return { bump, text: text.trim() };
}

/** The changelog with a section for a new version above the others: what breaks first. */
export function withRelease(
  changelog: string,
  version: string,
  day: string,
  changes: readonly Change[],
): string {
  const parts = bumps.flatMap((bump) => {
    const texts = changes.filter((change) => change.bump === bump).map(({ text }) => text);
    if (texts.length === 0) return [];
    return [`### ${headings[bump]}`, texts.map((text) => `- ${text.replaceAll("\n", "\n  ")}`).join("\n")];
  });
  const section = [`## ${version} (${day})`, ...parts].join("\n\n");
  const first = changelog.indexOf("\n## ");
  const [head, older] =
    first === -1 ? [changelog.trimEnd(), ""] : [changelog.slice(0, first).trimEnd(), changelog.slice(first)];
  return `${head}\n\n${section}\n${older}`;
}
