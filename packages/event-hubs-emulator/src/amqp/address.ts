/** What an AMQP address names. Names are as the client wrote them; Azure ignores their case. */
export type Address =
  | { readonly kind: "cbs" }
  | { readonly kind: "management" }
  | { readonly kind: "hub"; readonly hub: string; readonly partition: string | undefined }
  | {
      readonly kind: "reader";
      readonly hub: string;
      readonly consumerGroup: string;
      readonly partition: string;
    };

/** Reads a terminus address: a path, or a URI whose path counts. Undefined if it names nothing that Event Hubs has. */
export function parseAddress(text: unknown): Address | undefined {
  if (typeof text !== "string") return undefined;
  const path = text.replace(/^[a-z]+:\/\/[^/]*\//i, "").replace(/^\//, "");
  if (path === "$cbs") return { kind: "cbs" };
  if (/^(?:[^/]+\/)?\$management$/i.test(path)) return { kind: "management" };
  const reader = /^([^/]+)\/consumergroups\/([^/]+)\/partitions\/([^/]+)$/i.exec(path);
  if (reader?.[1] !== undefined && reader[2] !== undefined && reader[3] !== undefined)
    return { kind: "reader", hub: reader[1], consumerGroup: reader[2], partition: reader[3] };
  const hub = /^([^/$]+)(?:\/partitions\/([^/]+))?$/i.exec(path);
  if (hub?.[1] !== undefined) return { kind: "hub", hub: hub[1], partition: hub[2] };
  return undefined;
}
