import type { X509Certificate } from "node:crypto";
import { rootCertificates } from "node:tls";
import type { AttestedDocument } from "../attested-document.ts";
import { type AttestedCheck, CheckFailure, createCheckList } from "./attested-check.ts";
import { AttestedDocumentError } from "./attested-document-error.ts";
import { type AttestedPayload, readPayload } from "./attested-payload.ts";
import { buildChain, type FetchIssuer } from "./certificate-chain.ts";
import { ATTESTED_HOSTS, attestedName } from "./certificate-name.ts";
import {
  nameOf,
  parseCertificate,
  type ParsedCertificate,
  readSignedMessage,
  verifySignature,
} from "./signed-message.ts";

/** What a document must agree with; every option has a default. */
export interface VerifyAttestedOptions {
  /** The nonce that was asked for; undefined = whatever stands in the document, which then may be an old one. */
  readonly nonce?: string | undefined;
  /** The only certificates that are trusted, PEM or DER. Default: the roots that come with Node.js (`tls.rootCertificates`). */
  readonly trustedRoots?: readonly (string | Uint8Array)[] | undefined;
  /** Epoch milliseconds, for the validity of certificates and document. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
  /** How far the two clocks may be apart, for the document's own times, some of which are 5 s apart. Default 300 000 ms. */
  readonly toleranceMs?: number | undefined;
  /** The certificate must be for one of these domains or a name below. Default: those of Azure's clouds. */
  readonly allowedHosts?: readonly string[] | undefined;
  /**
   * Fetches an intermediate certificate that the document does not hold, at most 4 of them, and only when the signature
   * is right. Default: none is fetched, so that a document of Azure, which holds only its own, ends without a chain.
   */
  readonly fetchIssuer?: FetchIssuer | undefined;
}

/** A document that passed every check. */
export interface AttestedVerification {
  readonly payload: AttestedPayload;
  /** Every check that was made, in order. */
  readonly checks: readonly AttestedCheck[];
  /** The signer's certificate first, a trusted root last. */
  readonly certificates: readonly X509Certificate[];
}

/** Verifies an answer of `/metadata/attested/document`; throws an `AttestedDocumentError`, with all checks, unless all pass. */
export const verifyAttestedDocument = async (
  document: AttestedDocument,
  options: VerifyAttestedOptions = {},
): Promise<AttestedVerification> => {
  const { now = Date.now, toleranceMs = 300_000, allowedHosts = ATTESTED_HOSTS, nonce } = options;
  const roots = (options.trustedRoots ?? rootCertificates).map(parseCertificate);
  const list = createCheckList();

  const message = await list.run("format", () => {
    if (document.encoding.toLowerCase() !== "pkcs7")
      throw new CheckFailure(`the encoding is ${JSON.stringify(document.encoding)} instead of "pkcs7".`);
    const value = readSignedMessage(document.signature);
    return { value, detail: `a PKCS#7 message of ${value.content.byteLength} bytes` };
  });
  if (message === undefined) throw new AttestedDocumentError(list.checks, undefined);

  const { signer, others } = message;
  const digest = await list.run("signature", () => {
    const value = verifySignature(message);
    return { value, detail: `${value}, by the key of ${nameOf(signer)}` };
  });
  await list.run("certificate-name", () => {
    const value = attestedName(signer, allowedHosts);
    return { value, detail: value };
  });
  const fetchIssuer = digest === undefined ? undefined : options.fetchIssuer;
  const chain = await list.run("chain", async () => {
    const value = await buildChain(signer, { roots, others, fetchIssuer });
    return { value, detail: value.map(nameOf).join(" < ") };
  });
  await list.run("validity", () => validity(chain ?? [signer], now()));
  const payload = await list.run("payload", () => {
    const value = readPayload(message.content);
    return { value, detail: `vmId ${value.vmId}` };
  });
  if (payload !== undefined && nonce !== undefined) await list.run("nonce", () => nonceOf(payload, nonce));
  if (payload !== undefined) await list.run("lifetime", () => lifetime(payload, now(), toleranceMs));

  if (payload === undefined || chain === undefined || list.checks.some(({ ok }) => !ok))
    throw new AttestedDocumentError(list.checks, payload);
  return { payload, checks: list.checks, certificates: chain.map(({ x509 }) => x509) };
};

const iso = (time: number): string => new Date(time).toISOString();

const validity = (certificates: readonly ParsedCertificate[], at: number) => {
  for (const certificate of certificates) {
    const { validFromDate: from, validToDate: to } = certificate.x509;
    if (at < from.getTime() || at > to.getTime())
      throw new CheckFailure(
        `the certificate of ${nameOf(certificate)} holds from ${from.toISOString()} to ${to.toISOString()}, not at ${iso(at)}.`,
      );
  }
  const ends = Math.min(...certificates.map(({ x509 }) => x509.validToDate.getTime()));
  return { value: ends, detail: `every certificate holds until ${iso(ends)}` };
};

const nonceOf = (payload: AttestedPayload, wanted: string) => {
  if (payload.nonce !== wanted)
    throw new CheckFailure(
      `the nonce is ${JSON.stringify(payload.nonce)} instead of ${JSON.stringify(wanted)}: the document was made for another question.`,
    );
  return { value: wanted, detail: wanted };
};

const lifetime = ({ createdOn, expiresOn }: AttestedPayload, at: number, toleranceMs: number) => {
  if (createdOn === undefined || expiresOn === undefined)
    throw new CheckFailure("the document does not say how long it holds.");
  const detail = `the document holds from ${iso(createdOn)} to ${iso(expiresOn)}`;
  if (at < createdOn - toleranceMs || at > expiresOn + toleranceMs)
    throw new CheckFailure(`${detail}, not at ${iso(at)}.`);
  return { value: expiresOn, detail };
};
