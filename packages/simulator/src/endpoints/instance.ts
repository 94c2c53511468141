import { badRequest, json, notFound, text } from "../http/answer.ts";
import type { ServerAnswer } from "../http/answer.ts";
import type { Endpoint } from "../http/endpoint.ts";
import type { InstanceNode } from "../vm/instance-document.ts";
import { instanceAt } from "../vm/instance-versions.ts";

/** `/metadata/instance` and every path below it; `document` is asked anew for each request, and shown without what is younger than its version. */
export function instanceEndpoint(versions: readonly string[], document: () => InstanceNode): Endpoint {
  return {
    methods: ["GET"],
    apiVersions: versions,
    subpaths: true,
    answer({ segments, parameters, apiVersion }) {
      const format = parameters.get("format") ?? "json";
      if (format !== "json" && format !== "text")
        return badRequest(`The format "${format}" is not supported. Supported: json, text.`);
      const node = descend(instanceAt(apiVersion, document()), segments);
      return node === undefined ? notFound : render(node, format);
    },
  };
}

/** The node at a path of keys and array indexes. */
function descend(root: InstanceNode, segments: readonly string[]): InstanceNode | undefined {
  let node: InstanceNode | undefined = root;
  for (const segment of segments) {
    if (node === undefined || typeof node === "string") return undefined;
    // Own keys only: an array owns "length" too, which is no index.
    node = Object.keys(node).includes(segment)
      ? (node as Readonly<Record<string, InstanceNode>>)[segment]
      : undefined;
  }
  return node;
}

function render(node: InstanceNode, format: "json" | "text"): ServerAnswer {
  if (typeof node === "string")
    return format === "text"
      ? text(node)
      : badRequest("A value is only available as text, ask with format=text.");
  return format === "text" ? text(listing(node)) : json(node);
}

/** One child per line, those with children of their own with a slash. */
function listing(node: Exclude<InstanceNode, string>): string {
  return Object.entries(node)
    .map(([key, child]) => (typeof child === "string" ? key : `${key}/`))
    .join("\n");
}
