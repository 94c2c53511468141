import { type BodyOrigin, jsonObjectOf, wrongShape } from "./json-answer.ts";
import { isJsonObject } from "./tolerant-json.ts";

/** A pair of addresses; a missing one is "". */
export interface LoadBalancerAddress {
  readonly frontendIpAddress: string;
  readonly privateIpAddress: string;
}

/** A rule by which traffic comes in; a port that is missing is null. */
export interface LoadBalancerInboundRule extends LoadBalancerAddress {
  readonly protocol: string;
  readonly frontendPort: number | null;
  readonly backendPort: number | null;
}

/** What `/metadata/loadbalancer` says about this VM (Azure docs: "Retrieve load balancer metadata using IMDS"). */
export interface LoadBalancerDocument {
  readonly publicIpAddresses: readonly LoadBalancerAddress[];
  readonly inboundRules: readonly LoadBalancerInboundRule[];
  readonly outboundRules: readonly LoadBalancerAddress[];
}

type Fields = Readonly<Record<string, unknown>>;

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

const portOf = (value: unknown): number | null => {
  const port = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  return typeof port === "number" && Number.isInteger(port) ? port : null;
};

const addressOf = (fields: Fields): LoadBalancerAddress => ({
  frontendIpAddress: textOf(fields["frontendIpAddress"]),
  privateIpAddress: textOf(fields["privateIpAddress"]),
});

const inboundRuleOf = (fields: Fields): LoadBalancerInboundRule => ({
  ...addressOf(fields),
  protocol: textOf(fields["protocol"]),
  frontendPort: portOf(fields["frontendPort"]),
  backendPort: portOf(fields["backendPort"]),
});

const listOf = (value: unknown): readonly Fields[] =>
  Array.isArray(value) ? value.filter(isJsonObject) : [];

/** Reads the answer of the load balancer endpoint; a list that is missing is empty. Throws `not-json` or `wrong-shape`. */
export const readLoadBalancer = (text: string, origin: BodyOrigin): LoadBalancerDocument => {
  const inner = jsonObjectOf(text, origin)["loadbalancer"];
  if (!isJsonObject(inner)) throw wrongShape(text, origin, "it has no object `loadbalancer`");
  return {
    publicIpAddresses: listOf(inner["publicIpAddresses"]).map(addressOf),
    inboundRules: listOf(inner["inboundRules"]).map(inboundRuleOf),
    outboundRules: listOf(inner["outboundRules"]).map(addressOf),
  };
};
