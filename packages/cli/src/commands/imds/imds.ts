import { type ImdsRawAnswer, isImdsError } from "@forewarn/imds";
import { type Command, UsageError } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { clientOf, endpointOption } from "../endpoint.ts";
import { imdsVersions } from "./versions.ts";

/** Asks IMDS for any path. */
export const imds: Command = {
  name: "imds",
  summary: "Asks the Instance Metadata Service for a path and prints the answer.",
  args: "[PATH]",
  commands: [imdsVersions],
  options: {
    text: { type: "boolean", help: "Ask for text instead of JSON." },
    "api-version": { type: "string", value: "VERSION", help: "Ask in this api-version." },
    ...endpointOption,
  },
  examples: [
    ["forewarn imds", "the whole instance document"],
    ["forewarn imds instance/compute/tagsList", "the tags"],
    ["forewarn imds instance/compute/vmSize", "one value, as text"],
    ["forewarn imds versions", "the api-versions of this host"],
  ],
  async run({ options, args }, io) {
    const [path = "instance", ...more] = args;
    if (more.length > 0)
      throw new UsageError(`forewarn imds takes one PATH, got ${JSON.stringify(more[0])} too`);
    const client = clientOf(options, io);
    const apiVersion = options["api-version"];
    const ask = (format: "json" | "text") =>
      client.get(path, { format, ...(typeof apiVersion === "string" ? { apiVersion } : {}) });
    try {
      const answer = options["text"] === true ? await ask("text") : await jsonOrLeaf(path, ask);
      io.stdout.write(printable(answer, options["json"] === true));
      return exitCode.ok;
    } catch (error) {
      if (!isImdsError(error)) throw error;
      if (error.code === "invalid-argument") throw new UsageError(`forewarn imds: ${error.message}`);
      io.stderr.write(`forewarn imds: ${error.message}\n`);
      return exitCode.failed;
    } finally {
      client.close();
    }
  },
};

/** A single value can only be had as text (Azure docs: Instance Metadata Service, "Data format"). */
async function jsonOrLeaf(
  path: string,
  ask: (format: "json" | "text") => Promise<ImdsRawAnswer>,
): Promise<ImdsRawAnswer> {
  try {
    return await ask("json");
  } catch (error) {
    const mayBeLeaf = isImdsError(error) && error.code === "bad-request" && path.includes("instance/");
    if (!mayBeLeaf) throw error;
    return ask("text").catch(() => Promise.reject(error));
  }
}

/** Indented JSON, else the text as it is; where only JSON will do, the text as a JSON string. */
function printable({ contentType, body }: ImdsRawAnswer, onlyJson: boolean): string {
  if (!contentType.includes("json")) return `${onlyJson ? JSON.stringify(body) : body}\n`;
  try {
    return `${JSON.stringify(JSON.parse(body), null, 2)}\n`;
  } catch {
    return `${body}\n`;
  }
}
