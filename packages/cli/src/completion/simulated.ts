import type { OptionOffer, Place } from "./places.ts";

/** Runs the simulator's command line and resolves with what it prints. */
export type AskSimulator = (argv: readonly string[]) => Promise<string>;

/** A line of help: its letter, its name, its value, and what it does. */
const helpLine = /^ {2}(?:(-\w), )?(--[\w-]+)(?: ([A-Z][A-Z:-]*))? {2,}(.+)$/gm;

/**
 * The places with what only the simulator knows: the options of `simulate`, which parses them by itself, and its
 * scenarios, which `run --simulate` also takes.
 */
export async function withSimulator(places: readonly Place[], ask: AskSimulator): Promise<readonly Place[]> {
  const [help, list] = [await ask(["--help"]), await ask(["--list", "--json"])];
  const scenarios = list
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { readonly name: string }).name);
  const own = [...help.matchAll(helpLine)].map(([, short, long = "", value, text = ""]): OptionOffer => ({
    long,
    short,
    help: text,
    value: value === undefined ? "none" : value === "FILE" ? "file" : "free",
  }));
  const named = (option: OptionOffer): OptionOffer =>
    ["--scenario", "--simulate"].includes(option.long) ? { ...option, value: scenarios } : option;
  return places.map((place) => {
    const options = place.name === "simulate" ? own : place.options;
    return ["simulate", "run"].includes(place.name) ? { ...place, options: options.map(named) } : place;
  });
}
