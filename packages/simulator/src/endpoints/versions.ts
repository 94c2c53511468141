import { json } from "../http/answer.ts";
import type { Endpoint } from "../http/endpoint.ts";

/** `/metadata/versions`: the api-versions of the instance family, the only answer without an api-version. */
export function versionsEndpoint(versions: readonly string[]): Endpoint {
  return {
    methods: ["GET"],
    apiVersions: undefined,
    subpaths: false,
    answer: () => json({ apiVersions: versions }),
  };
}
