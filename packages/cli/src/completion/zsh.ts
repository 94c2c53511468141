import { enteringBranches, valueBranches } from "./branches.ts";
import { type Place, quoted, type ValueOffer } from "./places.ts";

/** The completion script for zsh: a function of `fpath`, or sourced after `compinit`. */
export function zshScript(places: readonly Place[]): string {
  return [
    "#compdef forewarn",
    "_forewarn() {",
    '  local at="" word before="${words[CURRENT-1]}"',
    "  local -a offers options",
    "  for word in ${words[2,CURRENT-1]}; do",
    '    case "$at $word" in',
    ...enteringBranches(places),
    "    esac",
    "  done",
    '  case "$at $before" in',
    ...valueBranches(places, offering),
    "  esac",
    '  case "$at" in',
    ...places.map(inPlace),
    "  esac",
    "  _describe -t commands command offers",
    "  _describe -o -t options option options",
    "}",
    'if [ "$funcstack[1]" = "_forewarn" ]; then _forewarn "$@"; else compdef _forewarn forewarn; fi',
    "",
  ].join("\n");
}

function offering(value: ValueOffer): string {
  if (typeof value === "object") return `compadd -- ${value.map(quoted).join(" ")}`;
  return { none: ":", free: ":", file: "_files", directory: "_files -/" }[value];
}

function inPlace({ name, words, options, takesFile }: Place): string {
  const offers = words.map(({ word, help }) => described(word, help)).join(" ");
  const listed = options.map(({ long, help }) => described(long, help)).join(" ");
  const files = takesFile ? " _files;" : "";
  return `    ${quoted(name)})${files} offers=(${offers}) options=(${listed}) ;;`;
}

/** `word:meaning`, as `_describe` reads it. */
function described(word: string, help: string): string {
  const escaped = word.replaceAll(":", String.raw`\:`);
  return `'${escaped}${help === "" ? "" : `:${quoted(help).slice(1, -1)}`}'`;
}
