import type { X509Certificate } from "node:crypto";
import type { AttestedCheck, AttestedPayload } from "@forewarn/imds/attested";
import { formatDuration, oneLine } from "@forewarn/sdk";
import type { Paint } from "../../log/color.ts";
import { localTime } from "../../print/local-time.ts";

/** What is known of an attested document. */
export interface Attestation {
  /** The nonce that was asked for. */
  readonly asked: string;
  /** Null where it could not be read. */
  readonly document: AttestedPayload | null;
  /** Null where nobody wanted to know. */
  readonly verified: boolean | null;
  /** The file whose roots were trusted; null for those that come with Node.js. */
  readonly ca: string | null;
  readonly checks: readonly AttestedCheck[];
  /** The signer's first, a trusted root last; empty unless all checks passed. */
  readonly certificates: readonly X509Certificate[];
}

type Row = readonly [name: string, text: string];

/** For people: what the document says, and with `verified` each check and the certificates. */
export function attestationText(found: Attestation, now: number, paint: Paint): string {
  const { document, verified, checks, certificates } = found;
  const parts = [
    document === null ? [] : documentRows(document, found.asked, now).map((row) => rowText(row, 12, paint)),
    verified === null && document !== null ? [] : checks.map((check) => checkText(check, paint)),
    certificates.length === 0 || verified !== true ? [] : certificateLines(certificates, paint),
    [verdictOf(found, paint)],
  ];
  return parts
    .filter((part) => part.length > 0)
    .map((part) => part.map((line) => `${line}\n`).join(""))
    .join("\n");
}

/** For programs; times in RFC 3339. */
export function attestationJson({ asked, document, verified, checks, certificates }: Attestation): object {
  const iso = (time: number | undefined) => (time === undefined ? null : new Date(time).toISOString());
  return {
    verified,
    nonce: asked,
    nonceMatches: document === null ? null : document.nonce === asked,
    document:
      document === null
        ? null
        : { ...document, createdOn: iso(document.createdOn), expiresOn: iso(document.expiresOn) },
    checks: verified === null && document !== null ? [] : checks,
    certificates: (verified === true ? certificates : []).map((certificate) => ({
      subject: lineOf(certificate.subject),
      names: certificate.subjectAltName ?? null,
      issuer: lineOf(certificate.issuer),
      validFrom: certificate.validFromDate.toISOString(),
      validTo: certificate.validToDate.toISOString(),
      sha256: certificate.fingerprint256,
    })),
  };
}

function documentRows(document: AttestedPayload, asked: string, now: number): readonly Row[] {
  const { nonce, vmId, subscriptionId, sku, licenseType, plan, createdOn, expiresOn } = document;
  const { name, product, publisher } = plan;
  const rows: readonly Row[] = [
    ["nonce", `${nonce}${nonce === asked ? " (as asked)" : `, but ${asked} was asked for`}`],
    ["VM id", vmId],
    ["subscription", subscriptionId],
    ["SKU", sku],
    ["licence", licenseType],
    ["plan", [publisher, product, name].filter((part) => part !== "").join(" / ")],
    ["created", createdOn === undefined ? "" : localTime(createdOn)],
    ["expires", expiresOn === undefined ? "" : `${localTime(expiresOn)}, ${untilText(expiresOn - now)}`],
  ];
  return rows.filter(([, text]) => text !== "");
}

function untilText(ms: number): string {
  return ms > 0 ? `in ${formatDuration(ms)}` : `${formatDuration(-ms)} ago`;
}

function checkText({ name, ok, detail }: AttestedCheck, paint: Paint): string {
  const mark = ok ? paint("green", "✓") : paint("red", "✗");
  return `${mark} ${name.padEnd(16)}  ${oneLine(detail)}`;
}

function certificateLines(certificates: readonly X509Certificate[], paint: Paint): readonly string[] {
  return certificates.flatMap((certificate, index) => {
    const { subject, subjectAltName, validFromDate: from, validToDate: to } = certificate;
    const rows: readonly Row[] = [
      ["subject", lineOf(subject)],
      ...(subjectAltName === undefined ? [] : [["names", subjectAltName] as const]),
      ["valid", `${localTime(from.getTime())} to ${localTime(to.getTime())}`],
    ];
    const title = index === 0 ? "Signer" : index === certificates.length - 1 ? "Trusted root" : "Issued by";
    return [paint("bold", title), ...rows.map((row) => `  ${rowText(row, 7, paint)}`)];
  });
}

function verdictOf({ verified, document, ca }: Attestation, paint: Paint): string {
  const signer = ca === null ? "Azure signed it" : `it was signed under the roots of ${oneLine(ca)}`;
  if (verified === true) return paint("green", `Verified: ${signer}, for the nonce that was asked for.`);
  if (verified === false || document === null) return paint("red", "Not to be trusted.");
  return paint("dim", "Not verified: --verify checks who signed it.");
}

function rowText([name, text]: Row, width: number, paint: Paint): string {
  return `${paint("dim", name.padEnd(width))}  ${oneLine(text)}`;
}

function lineOf(distinguishedName: string): string {
  return oneLine(distinguishedName.replaceAll("\n", ", "));
}
