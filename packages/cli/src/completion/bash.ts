import { enteringBranches, valueBranches } from "./branches.ts";
import { type Place, quoted, type ValueOffer } from "./places.ts";

/** The completion script for bash 3.2 and newer; it needs no other package. */
export function bashScript(places: readonly Place[]): string {
  return [
    "# Completion of forewarn for bash.",
    "_forewarn() {",
    '  local at="" i word current="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}"',
    "  COMPREPLY=()",
    "  # bash makes three words of --format=csv.",
    '  if [ "$current" = "=" ]; then current=""; fi',
    '  if [ "$before" = "=" ]; then before="${COMP_WORDS[COMP_CWORD-2]}"; fi',
    "  for ((i = 1; i < COMP_CWORD; i++)); do",
    '    case "$at ${COMP_WORDS[i]}" in',
    ...enteringBranches(places),
    "    esac",
    "  done",
    '  case "$at $before" in',
    ...valueBranches(places, offering),
    "  esac",
    '  case "$at" in',
    ...places.map(inPlace),
    "  esac",
    "}",
    "_forewarn_words() {",
    '  COMPREPLY=($(compgen -W "$1" -- "$current"))',
    "}",
    "_forewarn_paths() {",
    "  local line",
    "  compopt -o filenames 2>/dev/null",
    '  while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen "$1" -- "$current")',
    "}",
    "complete -F _forewarn forewarn",
    "",
  ].join("\n");
}

function offering(value: ValueOffer): string {
  if (typeof value === "object") return `_forewarn_words ${quoted(value.join(" "))}`;
  return { none: ":", free: ":", file: "_forewarn_paths -f", directory: "_forewarn_paths -d" }[value];
}

function inPlace({ name, words, options, takesFile }: Place): string {
  const offered = [...words.map(({ word }) => word), ...options.flatMap(({ long }) => long)];
  const paths = takesFile ? "; if [ ${#COMPREPLY[@]} = 0 ]; then _forewarn_paths -f; fi" : "";
  return `    ${quoted(name)}) _forewarn_words ${quoted(offered.join(" "))}${paths} ;;`;
}
