import { type Place, quoted, spellings, type ValueOffer } from "./places.ts";

/** The branches of a `case "$at $word"` that follow the words of a command line, alike in bash and zsh: `imds token` is entered from `imds` by `token`. */
export function enteringBranches(places: readonly Place[]): readonly string[] {
  return places
    .filter(({ name }) => name !== "")
    .map(({ name }) => {
      const pattern = name.includes(" ") ? name : ` ${name}`;
      return `      ${quoted(pattern)}) at=${quoted(name)} ;;`;
    });
}

/** The branches of a `case "$at $before"` that offer the value of an option, which the shell does by `offering`. */
export function valueBranches(
  places: readonly Place[],
  offering: (value: ValueOffer) => string,
): readonly string[] {
  return places.flatMap((place) =>
    place.options
      .filter(({ value }) => value !== "none")
      .map((option) => {
        const patterns = spellings(option).map((spelling) => quoted(`${place.name} ${spelling}`));
        return `    ${patterns.join("|")}) ${offering(option.value)}; return ;;`;
      }),
  );
}
