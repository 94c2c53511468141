import { nearest } from "@forewarn/sdk";
import { type Command, UsageError } from "../command.ts";
import { bashScript } from "../completion/bash.ts";
import { fishScript } from "../completion/fish.ts";
import { type Place, placesOf } from "../completion/places.ts";
import { type AskSimulator, withSimulator } from "../completion/simulated.ts";
import { zshScript } from "../completion/zsh.ts";
import { exitCode } from "../exit-code.ts";

const scripts: Readonly<Record<string, (places: readonly Place[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};
const shells = Object.keys(scripts);

/** Prints what makes a shell complete the commands and options of `commands`, which may include this one. */
export function createCompletion(commands: () => readonly Command[]): Command {
  return {
    name: "completion",
    summary: "Prints what makes your shell complete commands, options and their values.",
    args: shells.join(" | "),
    argChoices: shells,
    options: {},
    examples: [
      ["source <(forewarn completion bash)", "in ~/.bashrc"],
      ["source <(forewarn completion zsh)", "in ~/.zshrc, after compinit"],
      ["forewarn completion fish > ~/.config/fish/completions/forewarn.fish", "once"],
    ],
    async run({ options, args }, io) {
      const [shell = "", ...more] = args;
      const script = scripts[shell];
      if (script === undefined || more.length > 0) {
        const near = nearest(shell, shells);
        const advice = near === undefined ? "" : `: did you mean ${near}?`;
        throw new UsageError(
          `forewarn completion takes one of ${shells.join(", ")}${shell === "" ? "" : `, got ${JSON.stringify(args.join(" "))}${advice}`}`,
        );
      }
      const places = await withSimulator(placesOf(commands()), askSimulator);
      io.stdout.write(options["json"] === true ? `${JSON.stringify({ places }, null, 2)}\n` : script(places));
      return exitCode.ok;
    },
  };
}

const askSimulator: AskSimulator = async (argv) => {
  // Loaded only here, as in simulate.ts.
  const { runSimulator } = await import("@forewarn/imds-simulator");
  let printed = "";
  const output = { write: (text: string) => (printed += text) };
  await runSimulator(argv, { stdout: output, stderr: output });
  return printed;
};
