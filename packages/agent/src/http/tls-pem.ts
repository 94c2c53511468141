import { createPrivateKey, X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import type { Saying, TlsFiles, TlsFinding, TlsReading } from "./tls-reading.ts";

const pem = /-----BEGIN ((?:X509 )?CERTIFICATE)-----[^-]+-----END \1-----/g;
const anyKey = /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/;

/** The certificates of a PEM file, in order; a saying where it holds none, or one that is broken. */
export function certificatesIn(text: string, path: string): readonly X509Certificate[] | Saying {
  const blocks = text.match(pem) ?? [];
  if (blocks.length === 0) {
    if (anyKey.test(text))
      return { message: `${path} holds a private key and no certificate`, suggestion: "give it as `key`" };
    return {
      message: `${path} holds no certificate in PEM (-----BEGIN CERTIFICATE-----)`,
      suggestion: "convert it: openssl x509 -inform der -in FILE -out FILE.pem",
    };
  }
  const certificates: X509Certificate[] = [];
  for (const [index, block] of blocks.entries()) {
    try {
      certificates.push(new X509Certificate(block));
    } catch {
      return {
        message: `certificate ${index + 1} of ${path} is broken`,
        suggestion: "copy the file again, whole",
      };
    }
  }
  return certificates;
}

/** What is wrong with the text of a private key, by itself and as the key of `certificate`. */
export function keyProblems(
  text: string,
  { key: path = "", passphrase }: TlsFiles,
  certificate: X509Certificate | undefined,
): readonly TlsFinding[] {
  const problem = (message: string, suggestion: string, key: keyof TlsFiles = "key") => [
    { key, message, suggestion },
  ];
  if (!anyKey.test(text)) {
    return text.match(pem) === null
      ? problem(
          `${path} holds no private key in PEM (-----BEGIN PRIVATE KEY-----)`,
          "convert it: openssl pkey -inform der -in FILE -out FILE.pem",
        )
      : problem(`${path} holds a certificate and no private key`, "give it as `cert`");
  }
  const isEncrypted = text.includes("ENCRYPTED");
  if (isEncrypted && passphrase === undefined)
    return problem(`${path} is encrypted`, 'add `passphrase: "${env:NAME}"` beside it');
  try {
    const key = createPrivateKey({ key: text, ...(passphrase === undefined ? {} : { passphrase }) });
    if (certificate === undefined || certificate.checkPrivateKey(key)) return [];
    return problem(
      `${path} is not the key of the first certificate of \`cert\``,
      "give the two that belong together; in `cert`, the client's own certificate comes first",
    );
  } catch {
    return isEncrypted
      ? problem(`does not open ${path}`, "correct it", "passphrase")
      : problem(`the private key of ${path} is broken`, "copy the file again, whole");
  }
}

/** What OpenSSL has against a client certificate that is well-formed, such as a key that is too short. */
export function refusedByOpenSsl(identity: TlsReading["identity"]): readonly TlsFinding[] {
  if (identity.cert === undefined) return [];
  try {
    createSecureContext(identity);
    return [];
  } catch (error) {
    const { reason, message } = error as Error & { readonly reason?: string };
    return [
      {
        key: "cert",
        message: `OpenSSL refuses it: ${reason ?? message}`,
        suggestion: "have a new one issued, with a stronger key or digest",
      },
    ];
  }
}
