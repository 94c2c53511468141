import type { SecureContext } from "node:tls";

/** How long a connection may take to come about, TLS included. */
export const connectMs = 10_000;

/** Settings of every pool: limits of time are the agent's own, by the signal of each attempt. */
export const poolSettings = {
  allowH2: false,
  keepAliveTimeout: 30_000,
  headersTimeout: 0,
  bodyTimeout: 0,
} as const;

/** Options of undici's connectors; without a context Node's own trust and no client certificate. */
export function connectSettings(secureContext: SecureContext | undefined) {
  return {
    timeout: connectMs,
    allowH2: false,
    ...(secureContext === undefined ? {} : { secureContext }),
  };
}
