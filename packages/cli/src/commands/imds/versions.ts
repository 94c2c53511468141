import { oneLine } from "@forewarn/sdk";
import type { Command } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { askImds } from "../given/asking.ts";
import { endpointOption } from "../given/endpoint.ts";

/** The api-versions of this host. */
export const imdsVersions: Command = {
  name: "imds versions",
  summary: "Lists the api-versions that this host knows, the newest last.",
  options: endpointOption,
  examples: [
    ["forewarn imds versions", "one on each line"],
    ["forewarn imds versions | tail -1", "the newest"],
    ["forewarn imds versions --json", "as IMDS sends them"],
  ],
  run: ({ options }, io) =>
    askImds({ command: "imds versions", options }, io, async (client) => {
      const apiVersions = (await client.versions()).toSorted();
      io.stdout.write(
        options["json"] === true
          ? `${JSON.stringify({ apiVersions }, null, 2)}\n`
          : apiVersions.map((version) => `${oneLine(version)}\n`).join(""),
      );
      return exitCode.ok;
    }),
};
