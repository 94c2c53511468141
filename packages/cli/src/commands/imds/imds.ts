import { type ImdsClient, isImdsError } from "@forewarn/imds";
import { type Command, type Given, UsageError } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { askImds } from "../given/asking.ts";
import { endpointOption } from "../given/endpoint.ts";
import { type Answer, answerText } from "./answer-text.ts";
import { imdsAttested } from "./attested.ts";
import { imdsLoadBalancer } from "./loadbalancer.ts";
import { pathCure } from "./path-cure.ts";
import { imdsRecord } from "./record.ts";
import { mayHoldToken } from "./secrets.ts";
import { imdsToken } from "./token.ts";
import { imdsVersions } from "./versions.ts";

/** Asks IMDS for any path. */
export const imds: Command = {
  name: "imds",
  summary: "Asks the Instance Metadata Service for a path and prints the answer.",
  args: "[PATH]",
  commands: [imdsToken, imdsAttested, imdsLoadBalancer, imdsVersions, imdsRecord],
  options: {
    text: {
      type: "boolean",
      help: "Ask for text. A single value is text anyway: IMDS has it in no other form.",
    },
    "api-version": {
      type: "string",
      value: "VERSION",
      help: "Ask in this api-version. Default: the newest that forewarn knows and the host has.",
    },
    raw: { type: "boolean", help: "Print the answer as it was sent, to the byte." },
    "show-secret": { type: "boolean", help: "Print tokens, too; only identity/oauth2/token has any." },
    ...endpointOption,
  },
  examples: [
    ["forewarn imds", "the whole instance document"],
    ["forewarn imds instance/compute/tagsList", "the tags"],
    ["forewarn imds instance/compute/vmSize", "one value, as text"],
    ["forewarn imds scheduledevents --raw", "as Azure sends it; forewarn events is easier to read"],
    ["forewarn imds instance/network --api-version 2021-02-01", "as an older program sees it"],
    ["forewarn imds 'instance/compute?format=text'", "a query may stand behind the path"],
  ],
  run: async ({ options, args }, io) => {
    const [path = "instance", ...more] = args;
    if (more.length > 0)
      throw new UsageError(`forewarn imds takes one PATH, got ${JSON.stringify(more[0])} too`);
    const form = formOf(options);
    if (form.raw && !form.showSecret && mayHoldToken(path))
      throw new UsageError(
        "forewarn imds: --raw would print the token: add --show-secret; forewarn imds token shows what is in it",
      );
    return askImds({ command: "imds", options, cure: pathCure }, io, async (client) => {
      const answer = await answerOf(client, path, options);
      io.stdout.write(answerText(answer, form, io));
      return exitCode.ok;
    });
  },
};

function formOf(options: Given["options"]): {
  readonly json: boolean;
  readonly raw: boolean;
  readonly showSecret: boolean;
} {
  const [json, raw] = [options["json"] === true, options["raw"] === true];
  if (json && raw) throw new UsageError("forewarn imds: --json does not go with --raw");
  return { json, raw, showSecret: options["show-secret"] === true };
}

/** A single value can only be had as text (Azure docs: Instance Metadata Service, "Data format"). */
async function answerOf(client: ImdsClient, path: string, options: Given["options"]): Promise<Answer> {
  const apiVersion = options["api-version"];
  const version = typeof apiVersion === "string" ? { apiVersion } : {};
  const ask = async (format: "json" | "text"): Promise<Answer> => {
    const { body } = await client.get(path, { ...version, ...(format === "text" ? { format } : {}) });
    return { body, isText: format === "text" || /[?&]format=text(&|$)/i.test(path) };
  };
  if (options["text"] === true) return ask("text");
  try {
    return await ask("json");
  } catch (error) {
    const mayBeLeaf =
      isImdsError(error) &&
      error.code === "bad-request" &&
      error.newestVersions === undefined &&
      error.path.startsWith("/metadata/instance/");
    if (!mayBeLeaf) throw error;
    return ask("text").catch(() => Promise.reject(error));
  }
}
