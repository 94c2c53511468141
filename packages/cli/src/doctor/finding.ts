/** How a finding is meant: all is well, somebody should know, it does not work, or it could not be looked at. */
export type Mark = "ok" | "note" | "fail" | "skipped";

/** One line of the doctor's report. */
export interface Finding {
  /** What was looked at, a stable word for programs: `route`. */
  readonly check: string;
  readonly mark: Mark;
  /** One sentence without its full stop. */
  readonly text: string;
  /** What to do, where something is to be done. */
  readonly cure?: string;
}

/** Findings of one check, by these few words. */
export function about(check: string) {
  const finding =
    (mark: Mark) =>
    (text: string, cure?: string): Finding => ({
      check,
      mark,
      text,
      ...(cure === undefined ? {} : { cure }),
    });
  return { ok: finding("ok"), note: finding("note"), fail: finding("fail"), skipped: finding("skipped") };
}
