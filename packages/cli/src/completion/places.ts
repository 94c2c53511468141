import { type Command, optionsOf, type OptionHelp } from "../command.ts";

/** What a shell may offer after a certain beginning of a command line: `forewarn`, `forewarn imds`, `forewarn imds token`. */
export interface Place {
  /** The words that lead here: `imds token`; empty after `forewarn` alone. */
  readonly name: string;
  /** Commands below, and what the first argument may be. */
  readonly words: readonly Offer[];
  readonly options: readonly OptionOffer[];
  /** Whether an argument here is the path of a file. */
  readonly takesFile: boolean;
}

/** One word, and what it means. */
export interface Offer {
  readonly word: string;
  readonly help: string;
}

/** One option: `--config` and `-c`. */
export interface OptionOffer {
  readonly long: string;
  readonly short: string | undefined;
  readonly help: string;
  readonly value: ValueOffer;
}

/** What stands after an option: nothing, a path, one of some words, or what nobody can guess. */
export type ValueOffer = "none" | "file" | "directory" | "free" | readonly string[];

/** Every place of the program, from the declarations of its commands. */
export function placesOf(commands: readonly Command[]): readonly Place[] {
  const top: Place = {
    name: "",
    words: [...commands.map(offerOf), { word: "help", help: "Shows the help of a command." }],
    options: [
      { long: "--help", short: "-h", help: "Show the help.", value: "none" },
      { long: "--version", short: "-V", help: "Print the version.", value: "none" },
    ],
    takesFile: false,
  };
  return [top, ...commands.flatMap(placesBelow)];
}

function placesBelow(command: Command): readonly Place[] {
  const { name, args = "", argChoices = [], commands = [] } = command;
  const words = [...commands.map(offerOf), ...argChoices.map((word) => ({ word, help: "" }))];
  const options = Object.entries(optionsOf(command)).map(optionOffer);
  return [{ name, words, options, takesFile: args.includes("FILE") }, ...commands.flatMap(placesBelow)];
}

function offerOf({ name, summary }: Command): Offer {
  return { word: name.slice(name.lastIndexOf(" ") + 1), help: summary };
}

function optionOffer([name, { short, help, ...option }]: readonly [string, OptionHelp]): OptionOffer {
  return {
    long: `--${name}`,
    short: short === undefined ? undefined : `-${short}`,
    help,
    value: valueOf(option),
  };
}

function valueOf({ type, value, choices }: Omit<OptionHelp, "help">): ValueOffer {
  if (type === "boolean") return "none";
  if (choices !== undefined) return choices;
  return value === "FILE" ? "file" : value === "DIR" ? "directory" : "free";
}

/** The beginnings of options that a value follows, by what it is: `--config`, `-c`. */
export function spellings({ long, short }: OptionOffer): readonly string[] {
  return short === undefined ? [long] : [long, short];
}

/** A text within single quotes, as bash, zsh and fish read it. */
export function quoted(text: string): string {
  return `'${text.replaceAll("\\", "").replaceAll("'", "’")}'`;
}
