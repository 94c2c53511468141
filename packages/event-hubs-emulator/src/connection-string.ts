import type { KeyRing } from "./access/key-ring.ts";
import type { ConnectionStringOptions } from "./emulator-api.ts";
import { hostPort } from "./net/listen-error.ts";

/**
 * The connection string of a key; throws a RangeError if there is no such key. With TLS it names `localhost` for
 * 127.0.0.1: from Node.js 26 on a TLS client of the Azure SDK refuses an address as the server's name.
 */
export function connectionString(
  host: string,
  port: number,
  keys: KeyRing,
  { keyName, hub, tls = false }: ConnectionStringOptions,
): string {
  const name = keyName ?? keys.entries()[0]?.[0];
  const key = name === undefined ? undefined : keys.get(name);
  if (name === undefined || key === undefined) throw new RangeError(`There is no key "${name ?? ""}".`);
  const reachable = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  const parts = [
    `Endpoint=sb://${hostPort(tls && reachable === "127.0.0.1" ? "localhost" : reachable, port)}`,
    `SharedAccessKeyName=${name}`,
    `SharedAccessKey=${key.key}`,
    ...(hub === undefined ? [] : [`EntityPath=${hub}`]),
    ...(tls ? [] : ["UseDevelopmentEmulator=true"]),
  ];
  return parts.join(";");
}
