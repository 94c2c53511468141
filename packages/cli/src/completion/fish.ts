import { type OptionOffer, type Place, quoted } from "./places.ts";

/** The completion script for fish. */
export function fishScript(places: readonly Place[]): string {
  return [
    "# Completion of forewarn for fish.",
    "function __forewarn_at",
    "    set -l at ''",
    "    for word in (commandline -opc)[2..]",
    '        switch "$at $word"',
    ...places.filter(({ name }) => name !== "").flatMap(entering),
    "        end",
    "    end",
    '    test "$at" = "$argv[1]"',
    "end",
    "complete -c forewarn -f",
    ...places.flatMap(inPlace),
    "",
  ].join("\n");
}

function entering({ name }: Place): readonly string[] {
  const pattern = name.includes(" ") ? name : ` ${name}`;
  return [`            case ${quoted(pattern)}`, `                set at ${quoted(name)}`];
}

function inPlace({ name, words, options, takesFile }: Place): readonly string[] {
  const start = `complete -c forewarn -n "__forewarn_at ${quoted(name)}"`;
  return [
    ...words.map(
      ({ word, help }) => `${start} -a ${quoted(word)}${help === "" ? "" : ` -d ${quoted(help)}`}`,
    ),
    ...(takesFile ? [`${start} -F`] : []),
    ...options.map((option) => `${start} ${optionText(option)}`),
  ];
}

function optionText({ long, short, help, value }: OptionOffer): string {
  const letter = short === undefined ? "" : ` -s ${short.slice(1)}`;
  return `-l ${long.slice(2)}${letter}${valueText(value)} -d ${quoted(help)}`;
}

function valueText(value: OptionOffer["value"]): string {
  if (typeof value === "object") return ` -x -a ${quoted(value.join(" "))}`;
  return { none: "", free: " -x", file: " -r -F", directory: " -x -a '(__fish_complete_directories)'" }[
    value
  ];
}
