import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Place } from "./forewarn.ts";

/** A certificate for localhost that signs itself, with its key, as PEM. */
export interface SelfSigned {
  readonly key: string;
  readonly cert: string;
  /** The file of `cert`: what NODE_EXTRA_CA_CERTS takes. */
  readonly file: string;
}

/** Makes a certificate in a place with openssl, valid for a day. */
export function selfSigned({ path }: Place): SelfSigned {
  const [keyFile, file] = [join(path, "key.pem"), join(path, "cert.pem")];
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const args = ["req", "-x509", ...curve, "-days", "1", ...names, "-keyout", keyFile, "-out", file];
  execFileSync("openssl", args, { stdio: "ignore" });
  return { key: readFileSync(keyFile, "utf8"), cert: readFileSync(file, "utf8"), file };
}
