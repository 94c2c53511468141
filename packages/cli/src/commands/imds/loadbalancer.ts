import type { LoadBalancerDocument } from "@forewarn/imds";
import { oneLine } from "@forewarn/sdk";
import type { Command } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import { table } from "../../print/table.ts";
import { askImds } from "../given/asking.ts";
import { endpointOption } from "../given/endpoint.ts";

/** The load balancer that this VM stands behind. */
export const imdsLoadBalancer: Command = {
  name: "imds loadbalancer",
  summary: "Shows the public addresses and the rules of the load balancer before this VM.",
  options: endpointOption,
  examples: [
    ["forewarn imds loadbalancer", "tables"],
    ["forewarn imds loadbalancer --json", "for programs; empty lists where there is nothing"],
  ],
  run: ({ options }, io) =>
    askImds({ command: "imds loadbalancer", options }, io, async (client) => {
      const document = await client.loadBalancer();
      io.stdout.write(
        options["json"] === true ? `${JSON.stringify(document, null, 2)}\n` : loadBalancerText(document),
      );
      return exitCode.ok;
    }),
};

/** Three tables, those of what there is. */
export function loadBalancerText(document: LoadBalancerDocument): string {
  const { publicIpAddresses, inboundRules, outboundRules } = document;
  const sections = [
    section(
      "Public addresses",
      ["FRONTEND", "VM"],
      publicIpAddresses.map((one) => [one.frontendIpAddress, one.privateIpAddress]),
    ),
    section(
      "Inbound rules",
      ["FRONTEND", "PROTOCOL", "VM"],
      inboundRules.map((one) => [
        endOf(one.frontendIpAddress, one.frontendPort),
        one.protocol,
        endOf(one.privateIpAddress, one.backendPort),
      ]),
    ),
    section(
      "Outbound rules",
      ["FRONTEND", "VM"],
      outboundRules.map((one) => [one.frontendIpAddress, one.privateIpAddress]),
    ),
  ].filter((text) => text !== "");
  return sections.length === 0 ? "The load balancer has no rule for this VM.\n" : sections.join("\n");
}

function section(title: string, heads: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const shown = rows.map((row) => row.map((cell) => (oneLine(cell) === "" ? "-" : oneLine(cell))));
  return [`${title}`, ...table(heads, shown).map((line) => `  ${line}`), ""].join("\n");
}

/** An address with its port, the brackets of IPv6 included. */
function endOf(address: string, port: number | null): string {
  const host = address.includes(":") ? `[${address}]` : address === "" ? "-" : address;
  return `${host}:${port ?? "?"}`;
}
