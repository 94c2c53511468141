import { instanceEndpoint } from "../endpoints/instance.ts";
import { scheduledEventsEndpoint } from "../endpoints/scheduled-events.ts";
import { versionsEndpoint } from "../endpoints/versions.ts";
import type { LiveDocument } from "../events/live-document.ts";
import type { ApiVersions } from "../http/api-version.ts";
import type { Endpoints } from "../http/endpoint.ts";
import { instanceDocument } from "../vm/instance-document.ts";
import type { VmDescription } from "../vm/vm-description.ts";

/** What the endpoints of one VM are made of. */
export interface VmContext {
  /** The VM as it is described now. */
  vm(): VmDescription;
  /** Each list ascending. */
  readonly apiVersions: ApiVersions;
  /** The document of the placement group, which all its VMs share. */
  readonly live: LiveDocument;
  /** Hears the incarnation of each Scheduled Events document that was sent whole. */
  served(incarnation: number): void;
}

/** Every endpoint that one VM sees under `/metadata`. */
export function vmEndpoints({ vm, apiVersions, live, served }: VmContext): Endpoints {
  return new Map([
    ["versions", versionsEndpoint(apiVersions.instance)],
    ["instance", instanceEndpoint(apiVersions.instance, () => instanceDocument(vm()))],
    ["scheduledevents", scheduledEventsEndpoint(apiVersions.scheduledEvents, live, served)],
  ]);
}
