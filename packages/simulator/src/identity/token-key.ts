import { createHash, generateKeyPair, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { promisify } from "node:util";

/** The key that signs the tokens of a simulator: made at the first token, and known to nobody else. */
export interface TokenKey {
  /** A JWT of these claims, signed with RS256. */
  sign(claims: object): Promise<string>;
  /** The public half as a JSON Web Key Set, to verify tokens with; no directory of Microsoft knows it. */
  keySet(): Promise<{ readonly keys: readonly object[] }>;
}

interface Pair {
  readonly privateKey: KeyObject;
  readonly publicJwk: Readonly<Record<string, unknown>>;
}

/** No key is made before it is needed, since that takes a tenth of a second. */
export function createTokenKey(): TokenKey {
  let made: Promise<Pair> | undefined;
  const pair = () => (made ??= makePair());
  return {
    async sign(claims) {
      const { privateKey, publicJwk } = await pair();
      const text = `${part({ typ: "JWT", alg: "RS256", kid: publicJwk["kid"] })}.${part(claims)}`;
      return `${text}.${sign("sha256", Buffer.from(text), privateKey).toString("base64url")}`;
    },
    async keySet() {
      return { keys: [(await pair()).publicJwk] };
    },
  };
}

async function makePair(): Promise<Pair> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  const jwk = publicKey.export({ format: "jwk" });
  const kid = createHash("sha256").update(String(jwk.n)).digest("base64url").slice(0, 27);
  return { privateKey, publicJwk: { ...jwk, kid, use: "sig", alg: "RS256" } };
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
