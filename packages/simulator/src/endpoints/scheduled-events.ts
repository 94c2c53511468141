import { documentAt } from "../events/document-versions.ts";
import type { LiveDocument } from "../events/live-document.ts";
import { parseStartRequests } from "../events/start-requests.ts";
import { badRequest, json } from "../http/answer.ts";
import type { ServerAnswer, TrackedAnswer } from "../http/answer.ts";
import type { Endpoint } from "../http/endpoint.ts";

/** `/metadata/scheduledevents`; `served` hears the incarnation of each document once it was sent. */
export function scheduledEventsEndpoint(
  versions: readonly string[],
  live: LiveDocument,
  served: (incarnation: number) => void,
): Endpoint {
  return {
    methods: ["GET", "POST"],
    apiVersions: versions,
    subpaths: false,
    async answer({ method, apiVersion, body }) {
      await live.asked();
      return method === "POST" ? approve(live, body) : show(live, apiVersion, served);
    },
  };
}

function show(live: LiveDocument, version: string, served: (incarnation: number) => void): TrackedAnswer {
  const document = live.snapshot();
  return { ...json(documentAt(version, document)), sent: () => served(document.DocumentIncarnation) };
}

/** All or nothing: with one unknown id, which Azure does not document, no event starts. */
function approve(live: LiveDocument, body: string): ServerAnswer {
  const ids = parseStartRequests(body);
  if (ids === undefined)
    return badRequest('The body must be {"StartRequests":[{"EventId":"<id>"}]} with at least one id.');
  const unknown = ids.find((id) => live.find(id) === undefined);
  if (unknown !== undefined) return badRequest(`There is no event ${unknown}.`);
  for (const id of ids) live.start(id, "approved");
  return { status: 200 };
}
