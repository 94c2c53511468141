import { percentDecoded } from "@forewarn/sdk";
import { type Environment, proxyUrlOf } from "./proxy.ts";
import type { TlsFiles } from "./tls-reading.ts";

const variables = ["HTTPS_PROXY", "HTTP_PROXY"].flatMap((name) => [name, name.toLowerCase()]);

/**
 * The texts that must not be seen of how a sink's requests travel: the passphrase of its key, and of each proxy that it
 * may go through the URL where it holds credentials, the password (without one, the user), and both in Base64.
 */
export function httpSecrets(
  { proxy, tls }: { readonly proxy?: string | undefined; readonly tls?: TlsFiles | undefined },
  environment: Environment,
): readonly string[] {
  const proxies = proxy === undefined ? variables.map((name) => environment[name] ?? "") : [proxy];
  return [...new Set([...proxies.flatMap(credentialsOf), tls?.passphrase ?? ""])].filter(
    (text) => text !== "",
  );
}

function credentialsOf(proxy: string): readonly string[] {
  if (!proxy.includes("@")) return [];
  const url = proxyUrlOf(proxy);
  if (url === null) return [proxy];
  const { username, password } = url;
  const secret = password === "" ? username : password;
  const login = `${percentDecoded(username)}:${percentDecoded(password)}`;
  return [proxy, url.href, secret, percentDecoded(secret), Buffer.from(login).toString("base64")];
}
