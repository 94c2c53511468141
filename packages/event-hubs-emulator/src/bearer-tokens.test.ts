import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { EventHubProducerClient } from "@azure/event-hubs";
import { expect, onTestFinished, test } from "vitest";

import type { BearerToken } from "./access/bearer-token.ts";
import type { Right } from "./access/right.ts";
import type { EventHubsEmulator } from "./emulator-api.ts";
import { makeCertificate } from "./fixtures/certificate.ts";
import { emulate, failure, sendUntil } from "./fixtures/clients.ts";

const tls = makeCertificate();
setDefaultCACertificates([...getCACertificates(), tls.cert]);

const sent = [{ body: "x" }];
const audience = "https://eventhubs.azure.net";

function jwt(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none" })}.${part(claims)}.`;
}

/** A producer with a token such as a managed identity gets; the SDK asks for TLS then. */
function produceWith({ port }: EventHubsEmulator, token: string): EventHubProducerClient {
  const credential = { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }) };
  const client = new EventHubProducerClient(`localhost:${port}`, "hub", credential, {
    retryOptions: { maxRetries: 0, timeoutInMs: 10_000 },
  });
  onTestFinished(() => client.close());
  return client;
}

test("takes a token for Event Hubs until it expires, and verifies nothing else of it", async () => {
  const emulator = await emulate({ tls });
  const seconds = Math.floor(Date.now() / 1000);
  const send = (token: string) => produceWith(emulator, token).sendBatch(sent);
  await send(jwt({ aud: audience, exp: seconds + 60 }));
  await send(jwt({ aud: `${audience}/` }));
  expect(await failure(send(jwt({ aud: audience, exp: seconds - 1 })))).toMatchObject({
    code: "UnauthorizedError",
    message: expect.stringContaining("ExpiredToken"),
  });
  for (const wrong of [jwt({ aud: "https://management.azure.com" }), jwt([]), "opaque", "a.b.c"])
    expect(await failure(send(wrong))).toEqual({
      code: "UnauthorizedError",
      message: "InvalidAudience: Invalid authorization token audience.",
    });
  expect(emulator.hub("hub").received).toBe(2);
});

test("asks who may do what, at the token and again at each link", async () => {
  const roles = new Map<unknown, readonly Right[]>([["vm-1", ["send"]]]);
  const seen: BearerToken[] = [];
  const emulator = await emulate({
    tls,
    acceptToken(token) {
      seen.push(token);
      return token.raw === "opaque" ? ["send"] : roles.get(token.claims["oid"]);
    },
  });
  const producer = produceWith(emulator, jwt({ oid: "vm-1" }));
  await producer.sendBatch(sent);
  await produceWith(emulator, "opaque").sendBatch(sent);
  expect(seen[0]).toMatchObject({ claims: { oid: "vm-1" }, resource: `sb://localhost:${emulator.port}/hub` });

  roles.set("vm-1", ["listen"]);
  emulator.detachLinks();
  const refused = await sendUntil(producer, ({ message }) =>
    message.includes("'Send' claim(s) are required"),
  );
  expect(refused.code).toBe("UnauthorizedError");
});
