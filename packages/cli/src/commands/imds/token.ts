import type { ImdsError, ImdsToken } from "@forewarn/imds";
import { type Command, type Given, UsageError } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { paintFor } from "../../log/color.ts";
import { askImds } from "../given/asking.ts";
import { endpointOption } from "../given/endpoint.ts";
import { claimsOf } from "./claims.ts";
import { tokenJson, tokenText } from "./token-text.ts";

/** What is in a token of a managed identity. */
export const imdsToken: Command = {
  name: "imds token",
  summary: "Gets a token of a managed identity and shows what is in it, not the token.",
  options: {
    resource: { type: "string", value: "URL", help: "For which service: https://management.azure.com/, …" },
    "client-id": {
      type: "string",
      value: "GUID",
      help: "Of the user assigned identity with this client id.",
    },
    "object-id": { type: "string", value: "GUID", help: "Of the one with this object id (principal id)." },
    "msi-res-id": { type: "string", value: "ARM-ID", help: "Of the one with this resource id." },
    "show-secret": {
      type: "boolean",
      help: "Print the token, too: whoever sees it can act as this VM until it expires.",
    },
    ...endpointOption,
  },
  examples: [
    ["forewarn imds token --resource https://management.azure.com/", "whose it is, for whom, until when"],
    ["forewarn imds token --resource https://eventhubs.azure.net --json", "for programs"],
    ["forewarn imds token --resource https://vault.azure.net --show-secret --json", "with .accessToken"],
  ],
  run: async ({ options }, io) => {
    const { resource } = options;
    if (typeof resource !== "string")
      throw new UsageError(
        "forewarn imds token needs --resource URL: https://management.azure.com/ (Azure Resource Manager), https://eventhubs.azure.net, https://vault.azure.net, https://storage.azure.com/, …",
      );
    return askImds({ command: "imds token", options, cure: tokenCure }, io, async (client) => {
      const token = await client.token(resource, identityOf(options));
      const shown = options["show-secret"] === true;
      io.stdout.write(
        options["json"] === true
          ? `${JSON.stringify(tokenJson(token, shown), null, 2)}\n`
          : tokenText(token, shown, { now: Date.now(), paint: paintFor(io.stdout, io.env) }),
      );
      return isOver(token) ? exitCode.failed : exitCode.ok;
    });
  },
};

function identityOf(options: Given["options"]): {
  readonly clientId?: string;
  readonly objectId?: string;
  readonly msiResId?: string;
} {
  const names = { clientId: "client-id", objectId: "object-id", msiResId: "msi-res-id" } as const;
  const given = Object.entries(names).filter(([, option]) => typeof options[option] === "string");
  if (given.length > 1)
    throw new UsageError(
      `forewarn imds token: a token is of one identity: give --${given[0]?.[1]} or --${given[1]?.[1]}, not both`,
    );
  return Object.fromEntries(given.map(([name, option]) => [name, options[option]]));
}

function isOver({ expiresOn, accessToken }: ImdsToken): boolean {
  const { exp } = claimsOf(accessToken)?.claims ?? {};
  return Math.min(expiresOn, typeof exp === "number" ? exp * 1000 : expiresOn) <= Date.now();
}

function tokenCure({ code }: ImdsError): string | undefined {
  if (code !== "bad-request") return undefined;
  return "az vm identity show tells which identities this VM has; where it has several user assigned ones, --client-id chooses; a new one may take minutes";
}
