import { json } from "../http/answer.ts";
import type { ServerAnswer } from "../http/answer.ts";
import type { Endpoint } from "../http/endpoint.ts";
import type { LoadBalancer } from "../vm/load-balancer.ts";

/** The message of Azure docs (load balancer, troubleshoot IMDS); that it stands in `error` is assumed. */
const none: ServerAnswer = {
  status: 404,
  body: {
    error:
      "No load balancer metadata is found. Check if your virtual machine is using any nonbasic SKU load balancer and retry later.",
  },
};

/** `/metadata/loadbalancer`, since 2020-10-01; undefined = the VM stands behind none, which is a 404. */
export function loadBalancerEndpoint(
  versions: readonly string[],
  rules: () => LoadBalancer | undefined,
): Endpoint {
  return {
    methods: ["GET"],
    apiVersions: versions.filter((version) => version >= "2020-10-01"),
    subpaths: false,
    answer() {
      const loadbalancer = rules();
      return loadbalancer === undefined ? none : json({ loadbalancer });
    },
  };
}
