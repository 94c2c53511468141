import type { Simulator } from "@forewarn/imds-simulator";

/** Lets a simulated VM have a managed identity: IMDS hands out an unsigned JWT for any resource, good for an hour. */
export function giveIdentity(simulator: Simulator): void {
  simulator.respondWith(({ path, query }) => {
    if (path !== "/metadata/identity/oauth2/token") return undefined;
    const resource = new URLSearchParams(query).get("resource") ?? "";
    const expires = Math.floor(Date.now() / 1000) + 3600;
    return {
      status: 200,
      body: {
        access_token: unsigned({ aud: resource, exp: expires }),
        client_id: "8f2d9a1c-5a0e-4a67-9c36-0f5f3f1f7b11",
        expires_in: "3600",
        expires_on: String(expires),
        resource,
        token_type: "Bearer",
      },
    };
  });
}

function unsigned(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none", typ: "JWT" })}.${part(claims)}.`;
}
