import { MisconfiguredError } from "./errors.ts";

/** Where in a template something is wrong; all are offsets in UTF-16 units. */
export interface TemplatePlace {
  /** Where the `{{` of the expression stands; the excerpt begins here, so that literal text is never shown. */
  readonly open: number;
  readonly from: number;
  readonly to: number;
}

/** Refuses a template: `what` is wrong at a place, `instead` says what to write. */
export type Refuse = (what: string, place: TemplatePlace, instead: string) => never;

/**
 * A template that cannot be compiled. It is a `MisconfiguredError`, so that a sink which throws it in `open` is paused
 * with its message: the option, what is wrong, where, the expression with a caret below, and what to write instead.
 */
export class TemplateError extends MisconfiguredError {
  /** Where in the template, in UTF-16 units. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** Makes the errors of one template, which is the value of `option`. */
export function refuser(source: string, option: string): Refuse {
  return (what, place, instead) => {
    const said = `option ${option}: ${what} at ${position(source, place.from)}; ${instead}`;
    throw new TemplateError(`${said}\n${excerpt(source, place)}`, place.from);
  };
}

function position(source: string, offset: number): string {
  const lines = source.slice(0, offset).split("\n");
  const character = `character ${(lines.at(-1) ?? "").length + 1}`;
  return lines.length === 1 && !source.includes("\n") ? character : `line ${lines.length}, ${character}`;
}

const widest = 72;

/** The expression as far as it was understood, on one line, and carets below what is wrong. */
function excerpt(source: string, { open, from, to }: TemplatePlace): string {
  const end = Math.max(to, from + 1);
  const start = Math.max(open, end - widest);
  const lead = start > open ? "… " : "";
  const shown = source.slice(start, end).replaceAll(/\s/g, " ");
  const caret = Math.max(0, from - start);
  const width = Math.min(end, source.length) - start - caret;
  return `  ${lead}${shown}${end < source.length ? " …" : ""}\n  ${" ".repeat(lead.length + caret)}${"^".repeat(Math.max(1, width))}`;
}
