/** An address of the load balancer and the one of the VM behind it. */
export interface LoadBalancerAddress {
  readonly frontendIpAddress: string;
  readonly privateIpAddress: string;
}

/** A rule that lets traffic in. */
export interface LoadBalancerInboundRule extends LoadBalancerAddress {
  readonly protocol: string;
  /** Numbers, other than everywhere below `/metadata/instance` (Azure docs: load balancer metadata). */
  readonly frontendPort: number;
  readonly backendPort: number;
}

/** What `/metadata/loadbalancer` says of a VM behind a load balancer of a non-basic SKU. */
export interface LoadBalancer {
  readonly publicIpAddresses: readonly LoadBalancerAddress[];
  readonly inboundRules: readonly LoadBalancerInboundRule[];
  readonly outboundRules: readonly LoadBalancerAddress[];
}
