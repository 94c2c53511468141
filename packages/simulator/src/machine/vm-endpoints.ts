import { attestedEndpoint } from "../endpoints/attested.ts";
import { identityEndpoint } from "../endpoints/identity.ts";
import { instanceEndpoint } from "../endpoints/instance.ts";
import { loadBalancerEndpoint } from "../endpoints/load-balancer.ts";
import { scheduledEventsEndpoint } from "../endpoints/scheduled-events.ts";
import { versionsEndpoint } from "../endpoints/versions.ts";
import type { LiveDocument } from "../events/live-document.ts";
import { instanceVersions } from "../http/api-version.ts";
import type { ApiVersions } from "../http/api-version.ts";
import type { Endpoints } from "../http/endpoint.ts";
import type { TokenIssuer } from "../identity/access-token.ts";
import type { Authority } from "../pki/authority.ts";
import type { SimulatorClock } from "../time/clock.ts";
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
  /** Makes the tokens of all managed identities. */
  readonly tokens: TokenIssuer;
  /** Signs attested documents. */
  readonly authority: Authority;
  readonly clock: SimulatorClock;
}

/** Every endpoint that one VM sees under `/metadata`. */
export function vmEndpoints({ vm, apiVersions, live, served, ...made }: VmContext): Endpoints {
  // How old the host is says the newest version of its instance family; the others are as old.
  const versions = instanceVersions.filter((version) => version <= (apiVersions.instance.at(-1) ?? ""));
  return new Map([
    ["versions", versionsEndpoint(apiVersions.instance)],
    ["instance", instanceEndpoint(apiVersions.instance, () => instanceDocument(vm()))],
    ["attested", attestedEndpoint(versions, vm, made.authority, made.clock.now)],
    ["identity", identityEndpoint(versions, vm, made.tokens)],
    ["loadbalancer", loadBalancerEndpoint(versions, () => vm().loadBalancer)],
    ["scheduledevents", scheduledEventsEndpoint(apiVersions.scheduledEvents, live, served)],
  ]);
}
