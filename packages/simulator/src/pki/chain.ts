import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";

import { issue } from "./certificate.ts";
import type { Holder } from "./certificate.ts";
import { signMessage } from "./signed-message.ts";

/** A chain of certificates that was made for this simulator: root, intermediate, and a leaf for each name. */
export interface Chain {
  /** DER. */
  readonly root: Uint8Array;
  /** DER. */
  readonly intermediate: Uint8Array;
  /** The content signed by a server of that name, DER; the leaf says that its issuer's certificate lies at `issuerUrl`. */
  sign(content: Uint8Array, name: string, issuerUrl: string, withIntermediate: boolean): Uint8Array;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Makes the keys, which takes a third of a second; certificates hold from the day before `now` (epoch milliseconds). */
export async function makeChain(now: () => number): Promise<Chain> {
  const [rootKeys, intermediateKeys, leafKeys] = await Promise.all([keys(), keys(), keys()]);
  const lasting = (days: number) => ({
    notBefore: new Date(now() - DAY_MS),
    notAfter: new Date(now() + days * DAY_MS),
  });
  const root: Holder = {
    privateKey: rootKeys.privateKey,
    certificate: issue(
      {
        commonName: "IMDS Simulator Root CA (not Microsoft)",
        publicKey: rootKeys.publicKey,
        ...lasting(3650),
        pathLength: 1,
      },
      rootKeys,
    ),
  };
  const intermediate: Holder = {
    privateKey: intermediateKeys.privateKey,
    certificate: issue(
      {
        commonName: "IMDS Simulator Issuing CA 01",
        publicKey: intermediateKeys.publicKey,
        ...lasting(1825),
        pathLength: 0,
      },
      root,
    ),
  };

  const leaves = new Map<string, Holder>();
  const leafOf = (commonName: string, issuerUrl: string): Holder => {
    const key = `${commonName} ${issuerUrl}`;
    const known = leaves.get(key);
    if (known !== undefined && known.certificate.notAfter.value.getTime() > now() + DAY_MS) return known;
    const { publicKey, privateKey } = leafKeys;
    const request = { commonName, publicKey, ...lasting(365), issuerUrl };
    const leaf = { privateKey, certificate: issue(request, intermediate) };
    leaves.set(key, leaf);
    return leaf;
  };

  return {
    root: derOf(root),
    intermediate: derOf(intermediate),
    sign: (content, name, issuerUrl, withIntermediate) =>
      signMessage(content, leafOf(name, issuerUrl), withIntermediate ? [intermediate.certificate] : []),
  };
}

function keys() {
  return promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
}

function derOf({ certificate }: Holder): Uint8Array {
  return new Uint8Array(certificate.toSchema().toBER());
}
