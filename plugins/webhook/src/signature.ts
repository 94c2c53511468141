import { createHmac, hash } from "node:crypto";
import { MisconfiguredError } from "@forewarn/sdk";

/** The headers that sign one attempt (Standard Webhooks 1.0); `clock` time in epoch milliseconds. */
export type Sign = (id: string, body: string | Uint8Array, now: number) => Readonly<Record<string, string>>;

/**
 * The key in a `whsec_` secret: 24 to 64 bytes. Throws a `MisconfiguredError` that names the option and never shows
 * the value.
 */
export function parseSecret(option: string, secret: string): Uint8Array {
  const text = secret.startsWith("whsec_") ? secret.slice(6) : undefined;
  const key = Buffer.from(text ?? "", "base64");
  if (text === undefined || key.toString("base64").replace(/=+$/, "") !== text.replace(/=+$/, "")) {
    throw new MisconfiguredError(
      `option ${option}: must be whsec_ followed by Base64, as Standard Webhooks defines it; make one with: echo "whsec_$(openssl rand -base64 32)"`,
    );
  }
  if (key.length < 24 || key.length > 64) {
    throw new MisconfiguredError(
      `option ${option}: must hold 24 to 64 bytes, not ${key.length}; make one with: echo "whsec_$(openssl rand -base64 32)"`,
    );
  }
  return key;
}

/** Signs with every key, the current one first, so that a receiver that knows any of them accepts it. */
export function createSign(keys: readonly Uint8Array[]): Sign {
  return (id, body, now) => {
    const timestamp = String(Math.floor(now / 1000));
    const signatures = keys.map(
      (key) => `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest("base64")}`,
    );
    return {
      "webhook-id": id,
      "webhook-timestamp": timestamp,
      "webhook-signature": signatures.join(" "),
    };
  };
}

/** A `webhook-id` for what `name` names: `msg_` and 43 characters, always the same, without the dot that signing forbids. */
export function messageId(name: string): string {
  return `msg_${hash("sha256", name, "base64url")}`;
}
