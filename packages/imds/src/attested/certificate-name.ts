import { AltName } from "pkijs";
import { CheckFailure } from "./attested-check.ts";
import { extensionOf, type ParsedCertificate } from "./signed-message.ts";

/** The domains of Azure's clouds for attested documents (Azure docs: IMDS, attested data, sovereign clouds). */
export const ATTESTED_HOSTS: readonly string[] = [
  "metadata.azure.com",
  "metadata.azure.us",
  "metadata.azure.cn",
  "metadata.microsoftazure.de",
];

/** The DNS names of the Subject Alternative Name, in lower case. */
export const dnsNamesOf = (certificate: ParsedCertificate): readonly string[] => {
  const names = extensionOf(certificate, "2.5.29.17");
  if (!(names instanceof AltName)) return [];
  return names.altNames.filter(({ type }) => type === 2).map(({ value }) => String(value).toLowerCase());
};

/** Whether a DNS name is the domain or lies below it. */
export const isUnder = (name: string, domain: string): boolean => {
  const lower = domain.toLowerCase().replace(/^\./, "");
  return name === lower || name.endsWith(`.${lower}`);
};

/** The first DNS name of the certificate that is one of the hosts or lies below one; throws a `CheckFailure`. */
export const attestedName = (certificate: ParsedCertificate, hosts: readonly string[]): string => {
  const names = dnsNamesOf(certificate);
  const found = names.find(
    (name) => /^(\*\.)?[a-z\d-]+(\.[a-z\d-]+)+$/.test(name) && hosts.some((host) => isUnder(name, host)),
  );
  if (found !== undefined) return found;
  const given = names.length === 0 ? "no DNS name" : names.join(", ");
  throw new CheckFailure(
    `the signer's certificate is for ${given}, not for a name under ${hosts.join(", ")}.`,
  );
};
