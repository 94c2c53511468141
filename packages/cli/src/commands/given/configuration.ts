import type { Given, OptionHelp } from "../../command.ts";
import { loadPlace } from "../../config/place.ts";
import type { Problem } from "../../config/problems/problem.ts";
import { renderProblems } from "../../config/problems/render.ts";
import { readConfig } from "../../config/read.ts";
import type { Settings } from "../../config/settings.ts";
import type { Io } from "../../io.ts";
import { type Catalog, readCatalog } from "../../sinks/catalog.ts";

/** The option of every command that reads the configuration. */
export const configOption: Readonly<Record<string, OptionHelp>> = {
  config: {
    type: "string",
    short: "c",
    value: "FILE",
    help: "The configuration: YAML or JSON. Default ./forewarn.yaml, then /etc/forewarn/forewarn.yaml.",
  },
};

/** The configuration that a command was given, read once more, or all that is wrong with it now. */
export async function readAgain(options: Given["options"], io: Io): Promise<Settings | readonly Problem[]> {
  const read = await readGiven(options, io);
  return read.ok ? read.settings : read.problems;
}

/** The configuration that a command was given; null where it is wrong, and every problem has been told. */
export async function loadSettings(options: Given["options"], io: Io): Promise<Settings | null> {
  const read = await readGiven(options, io);
  if (read.ok) return read.settings;
  if (options["json"] === true) io.stdout.write(`${JSON.stringify({ problems: read.problems })}\n`);
  else io.stderr.write(renderProblems(read.problems, read.excerpt));
  return null;
}

/** The configuration that a command was given, or all that is wrong with it. */
export function readGiven(options: Given["options"], io: Io): ReturnType<typeof readConfig> {
  const file = options["config"];
  return readConfig({ ...(typeof file === "string" ? { file } : {}), env: io.env, cwd: io.cwd });
}

/** The installed sinks and those of the configuration that a command was given; null where that cannot be read, which has been told. */
export async function loadCatalog({ config }: Given["options"], io: Io): Promise<Catalog | null> {
  const catalog = await readCatalog(typeof config === "string" ? config : undefined, io);
  if (!("problem" in catalog)) return catalog;
  io.stderr.write(renderProblems([catalog.problem]));
  return null;
}

/** Where the agent of the configuration that a command was given is, or what is wrong with that part. */
export function readPlace({ config }: Given["options"], io: Io): ReturnType<typeof loadPlace> {
  return loadPlace(typeof config === "string" ? config : undefined, { env: io.env, cwd: io.cwd });
}
