import { nearest } from "@forewarn/sdk";
import { type Command, UsageError } from "../command.ts";
import { errorCatalog } from "../errors/catalog.ts";
import { exitCode } from "../exit-code.ts";
import { paintFor } from "../log/color.ts";

const meanings = new Map(
  errorCatalog.flatMap(({ title, codes }) =>
    Object.entries(codes).map(([code, meaning]) => [code, { code, group: title, ...meaning }] as const),
  ),
);

/** Tells what a code of an error means. */
export const explain: Command = {
  name: "explain",
  summary: "Tells what the code of an error or a warning means, and what to do; without one, lists them.",
  args: "[CODE]",
  argChoices: [...meanings.keys()],
  options: {},
  examples: [
    ["forewarn explain CONFIG_ENV_NOT_SET", "what it means, and the cure"],
    ["forewarn explain", "all codes"],
  ],
  run({ options, args }, io) {
    const [code, ...more] = args;
    if (more.length > 0) throw new UsageError("forewarn explain takes one CODE");
    const paint = paintFor(io.stdout, io.env);
    const isJson = options["json"] === true;
    if (code === undefined) {
      const groups = errorCatalog.map(({ title, codes }) =>
        [paint("bold", title), ...Object.keys(codes).map((each) => `  ${each}`)].join("\n"),
      );
      io.stdout.write(
        isJson ? `${JSON.stringify([...meanings.values()], null, 2)}\n` : `${groups.join("\n\n")}\n`,
      );
      return Promise.resolve(exitCode.ok);
    }
    const known = meanings.get(code) ?? meanings.get(code.toUpperCase()) ?? meanings.get(code.toLowerCase());
    if (known === undefined) {
      const near = nearest(code, [...meanings.keys()]);
      throw new UsageError(
        `there is no code ${JSON.stringify(code)}: ${near === undefined ? "forewarn explain lists them" : `did you mean ${near}?`}`,
      );
    }
    const text = `${paint("bold", known.code)}: ${known.means}\n  help: ${known.cure}\n`;
    io.stdout.write(isJson ? `${JSON.stringify(known, null, 2)}\n` : text);
    return Promise.resolve(exitCode.ok);
  },
};
