import { BasicConstraints, NameConstraints } from "pkijs";
import { dnsNamesOf, isUnder } from "./certificate-name.ts";
import { extensionOf, nameOf, type ParsedCertificate } from "./signed-message.ts";

/** Signatures with SHA-2: RSA (PKCS#1 and PSS) and ECDSA. SHA-1 and MD5 are refused, as by every browser. */
const ALGORITHMS = new Set([
  "1.2.840.113549.1.1.11",
  "1.2.840.113549.1.1.12",
  "1.2.840.113549.1.1.13",
  "1.2.840.113549.1.1.10",
  "1.2.840.10045.4.3.2",
  "1.2.840.10045.4.3.3",
  "1.2.840.10045.4.3.4",
]);

/** Critical extensions that are heeded: basic constraints, key usage, names, name constraints, policies, purposes. */
const HEEDED = new Set(["2.5.29.19", "2.5.29.15", "2.5.29.17", "2.5.29.30", "2.5.29.32", "2.5.29.37"]);

/**
 * Why a certificate may not be the issuer of the last one of a path that begins at the leaf, or undefined if it may (RFC
 * 5280, section 6, without policies and revocation). Names and key usage were compared already.
 */
export const refusalOf = (
  issuer: ParsedCertificate,
  path: readonly [ParsedCertificate, ...ParsedCertificate[]],
): string | undefined => {
  const [leaf] = path;
  const child = path.at(-1) ?? leaf;
  const name = nameOf(issuer);
  if (!issuer.x509.ca) return `${name} is not a CA`;
  const algorithm = child.parts.signatureAlgorithm.algorithmId;
  if (!ALGORITHMS.has(algorithm))
    return `a certificate is signed by ${name} with ${algorithm}, which is not accepted`;
  const weakness = weaknessOf(issuer);
  if (weakness !== undefined) return weakness;
  if (path.length - 1 > pathLengthOf(issuer)) return `${name} allows fewer CAs below it`;
  if (!permits(issuer, dnsNamesOf(leaf))) return `${name} may not issue for ${dnsNamesOf(leaf).join(", ")}`;
  return verified(child, issuer)
    ? undefined
    : `a certificate in the name of ${name} was not signed with its key`;
};

/** What speaks against a certificate wherever it stands, or undefined. */
export const weaknessOf = (certificate: ParsedCertificate): string | undefined => {
  const { x509, parts } = certificate;
  const name = nameOf(certificate);
  const { modulusLength = Infinity } = x509.publicKey.asymmetricKeyDetails ?? {};
  if (modulusLength < 2048) return `the key of ${name} has ${modulusLength} bits, fewer than 2048`;
  const unknown = parts.extensions?.find(({ critical, extnID }) => critical && !HEEDED.has(extnID));
  return unknown && `${name} has a critical extension ${unknown.extnID} that is not understood`;
};

const verified = (child: ParsedCertificate, issuer: ParsedCertificate): boolean => {
  try {
    return child.x509.verify(issuer.x509.publicKey);
  } catch {
    return false;
  }
};

/** How many CAs may stand between it and a leaf. */
const pathLengthOf = (certificate: ParsedCertificate): number => {
  const constraints = extensionOf(certificate, "2.5.29.19");
  const length: unknown = constraints instanceof BasicConstraints ? constraints.pathLenConstraint : undefined;
  return typeof length === "number" ? length : Infinity;
};

/** Whether the name constraints allow each DNS name. */
const permits = ({ parts }: ParsedCertificate, names: readonly string[]): boolean => {
  const constraints = parts.extensions?.find(({ extnID }) => extnID === "2.5.29.30");
  if (constraints === undefined) return true;
  const value: unknown = constraints.parsedValue;
  if (!(value instanceof NameConstraints)) return false;
  const domains = (trees: NameConstraints["permittedSubtrees"]) =>
    (trees ?? []).filter(({ base }) => base.type === 2).map(({ base }) => String(base.value));
  const permitted = domains(value.permittedSubtrees);
  const excluded = domains(value.excludedSubtrees);
  return names.every(
    (name) =>
      (permitted.length === 0 || permitted.some((domain) => isUnder(name, domain))) &&
      !excluded.some((domain) => isUnder(name, domain)),
  );
};
