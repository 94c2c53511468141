import type { ImdsClient } from "@forewarn/imds";
import type { Clock, Logger, SinkContext } from "@forewarn/sdk";
import type { SharedHttp, SinkHttpSettings } from "./http/shared-http.ts";
import { namedLogger } from "./logger.ts";

/** What the agent lends a sink: its clock and log, HTTP by the sink's own settings, and tokens of the VM's identity. */
export function lendTo(
  sink: SinkHttpSettings & { readonly options: unknown },
  {
    clock,
    log,
    http,
    imds,
  }: {
    readonly clock: Clock;
    readonly log: Logger;
    readonly http: SharedHttp;
    readonly imds: Pick<ImdsClient, "token">;
  },
): SinkContext {
  const { request, fetch, proxyFor } = http.of(sink);
  return {
    name: sink.name,
    options: sink.options,
    clock,
    log: namedLogger(log, sink.name),
    request,
    fetch,
    proxyFor,
    async azureToken(resource, { clientId } = {}) {
      const { accessToken, expiresOn } = await imds.token(
        resource,
        clientId === undefined ? {} : { clientId },
      );
      return { token: accessToken, expiresOn };
    },
  };
}
