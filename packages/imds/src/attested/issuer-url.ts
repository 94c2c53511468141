import { InfoAccess } from "pkijs";
import { extensionOf, type ParsedCertificate } from "./signed-message.ts";

const CA_ISSUERS = "1.3.6.1.5.5.7.48.2";

/** Where the issuer's certificate lies, by http or https (CA Issuers of the Authority Information Access); undefined if nowhere. */
export const issuerUrlOf = (certificate: ParsedCertificate): URL | undefined => {
  const access = extensionOf(certificate, "1.3.6.1.5.5.7.1.1");
  if (!(access instanceof InfoAccess)) return undefined;
  for (const { accessMethod, accessLocation } of access.accessDescriptions) {
    const url = accessMethod === CA_ISSUERS && accessLocation.type === 6 ? String(accessLocation.value) : "";
    if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return new URL(url);
  }
  return undefined;
};
