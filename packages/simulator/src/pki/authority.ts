import type { ServerAnswer } from "../http/answer.ts";
import type { TokenKey } from "../identity/token-key.ts";
import type { Chain } from "./chain.ts";

/** What a document is signed with, and where. */
export interface SigningRequest {
  readonly content: Uint8Array;
  /** The DNS name of the leaf certificate. */
  readonly name: string;
  /** The host at which the simulator is asked, perhaps with a port: there its intermediate certificate is to be had. */
  readonly host: string;
}

/** Signs attested documents, and serves what one needs to verify them and tokens. */
export interface Authority {
  /** A PKCS#7 message, DER. */
  sign(request: SigningRequest): Promise<Uint8Array>;
  /**
   * `/pki/root.pem`, `/pki/root.cer`, `/pki/intermediate.pem`, `/pki/intermediate.cer` and `/pki/keys.json` (the JSON Web
   * Key Set of the tokens), for which no header is needed; undefined for any other path.
   */
  file(path: string): Promise<ServerAnswer> | undefined;
}

/**
 * An authority that makes its chain at the first need of it: neither keys nor the library that knows certificates cost
 * anything before. `withIntermediate`: documents hold the intermediate certificate too, else a verifier must fetch it.
 */
export function createAuthority(tokenKey: TokenKey, now: () => number, withIntermediate: boolean): Authority {
  let made: Promise<Chain> | undefined;
  const chain = () => (made ??= import("./chain.ts").then(({ makeChain }) => makeChain(now)));
  const files: Readonly<Record<string, () => Promise<ServerAnswer>>> = {
    "/pki/root.pem": async () => pem((await chain()).root),
    "/pki/root.cer": async () => der((await chain()).root),
    "/pki/intermediate.pem": async () => pem((await chain()).intermediate),
    "/pki/intermediate.cer": async () => der((await chain()).intermediate),
    "/pki/keys.json": async () => ({ status: 200, body: await tokenKey.keySet() }),
  };
  return {
    async sign({ content, name, host }) {
      const issuerUrl = `http://${host}/pki/intermediate.cer`;
      return (await chain()).sign(content, name, issuerUrl, withIntermediate);
    },
    file: (path) => (Object.hasOwn(files, path) ? files[path]?.() : undefined),
  };
}

function der(certificate: Uint8Array): ServerAnswer {
  return { status: 200, headers: { "Content-Type": "application/pkix-cert" }, body: certificate };
}

function pem(certificate: Uint8Array): ServerAnswer {
  const lines =
    Buffer.from(certificate)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  const text = `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
  return { status: 200, headers: { "Content-Type": "application/x-pem-file" }, body: text };
}
