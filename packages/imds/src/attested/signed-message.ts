import { createHash, timingSafeEqual, verify, X509Certificate } from "node:crypto";
import { type Constructed, fromBER, type ObjectIdentifier, OctetString, type Sequence } from "asn1js";
import { Certificate, ContentInfo, IssuerAndSerialNumber, SignedData, type SignerInfo } from "pkijs";
import { CheckFailure } from "./attested-check.ts";

/** A PKCS#7 message (CMS SignedData, RFC 5652) that was read, not verified. */
export interface SignedMessage {
  readonly content: Uint8Array;
  /** The certificate that the one signer names. */
  readonly signer: ParsedCertificate;
  /** The other certificates inside. */
  readonly others: readonly ParsedCertificate[];
  readonly signerInfo: SignerInfo;
}

/** A certificate as OpenSSL knows it, and in its parts. */
export interface ParsedCertificate {
  readonly x509: X509Certificate;
  readonly parts: Certificate;
}

/** More than any document: Azure's have 2 to 5 kB. */
const LIMIT = 64 * 1024;
const DATA = "1.2.840.113549.1.7.1";

/** Reads a certificate, DER or PEM, its parts when they are first looked at; throws what OpenSSL says of one that it cannot read. */
export const parseCertificate = (bytes: string | Uint8Array): ParsedCertificate => {
  const x509 = new X509Certificate(bytes);
  let parts: Certificate | undefined;
  return {
    x509,
    get parts() {
      return (parts ??= Certificate.fromBER(new Uint8Array(x509.raw)));
    },
  };
};

/** The subject of a certificate as one line. */
export const nameOf = ({ x509 }: ParsedCertificate): string => x509.subject.replaceAll("\n", ", ");

/** An extension of a certificate by its OID, as pkijs has parsed it; undefined where there is none. */
export const extensionOf = ({ parts }: ParsedCertificate, oid: string): unknown =>
  parts.extensions?.find(({ extnID }) => extnID === oid)?.parsedValue;

/** Reads the base64 of a message with one signer; throws a `CheckFailure`. */
export const readSignedMessage = (base64: string): SignedMessage => {
  const { signed, certificates } = messageOf(bytesOf(base64));
  const { eContent, eContentType } = signed.encapContentInfo;
  if (eContentType !== DATA || !(eContent instanceof OctetString))
    throw new CheckFailure("the PKCS#7 message holds no data.");
  const [signerInfo, another] = signed.signerInfos;
  if (signerInfo === undefined || another !== undefined)
    throw new CheckFailure(`the PKCS#7 message has ${signed.signerInfos.length} signers instead of one.`);
  const signer = certificates.find(({ parts }) => isOf(signerInfo, parts));
  if (signer === undefined)
    throw new CheckFailure("the PKCS#7 message does not hold the certificate of its signer.");
  return {
    content: new Uint8Array(eContent.getValue()),
    signer,
    others: certificates.filter((each) => each !== signer),
    signerInfo,
  };
};

const bytesOf = (base64: string): Uint8Array<ArrayBuffer> => {
  const text = base64.replaceAll(/\s/g, "");
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) throw new CheckFailure("the signature is not base64.");
  const bytes = new Uint8Array(Buffer.from(text, "base64"));
  if (bytes.byteLength > LIMIT) throw new CheckFailure(`the signature is longer than ${LIMIT} bytes.`);
  return bytes;
};

interface Message {
  readonly signed: SignedData;
  readonly certificates: readonly ParsedCertificate[];
}

const messageOf = (bytes: Uint8Array<ArrayBuffer>): Message => {
  const { offset, result } = fromBER(bytes);
  if (offset !== bytes.byteLength)
    throw new CheckFailure(
      offset === -1
        ? `the signature is not DER, or it was cut off: ${result.error}`
        : "after the PKCS#7 message there are more bytes.",
    );
  try {
    const { contentType, content } = new ContentInfo({ schema: result });
    if (contentType !== ContentInfo.SIGNED_DATA) throw new Error("it is not signed");
    const certificates = certificatesIn(content as Sequence);
    return { signed: new SignedData({ schema: content }), certificates };
  } catch (error) {
    throw new CheckFailure(`the signature is no PKCS#7 message: ${(error as Error).message}`);
  }
};

/** Byte by byte as they were sent: written anew, a certificate that was tampered with could come out right. */
const certificatesIn = (signedData: Sequence): readonly ParsedCertificate[] => {
  const set = signedData.valueBlock.value.find(
    ({ idBlock }) => idBlock.tagClass === 3 && idBlock.tagNumber === 0,
  ) as Constructed | undefined;
  return (set?.valueBlock.value ?? []).map(({ valueBeforeDecodeView }) =>
    parseCertificate(valueBeforeDecodeView),
  );
};

const isOf = ({ sid }: SignerInfo, { issuer, serialNumber }: Certificate): boolean =>
  sid instanceof IssuerAndSerialNumber &&
  issuer.isEqual(sid.issuer) &&
  serialNumber.isEqual(sid.serialNumber);

/** SHA-2 by its own names, and by those of its signatures with RSA, one of which stands in Microsoft's sample instead. */
const DIGESTS: Readonly<Record<string, string>> = {
  "2.16.840.1.101.3.4.2.1": "sha256",
  "2.16.840.1.101.3.4.2.2": "sha384",
  "2.16.840.1.101.3.4.2.3": "sha512",
  "1.2.840.113549.1.1.11": "sha256",
  "1.2.840.113549.1.1.12": "sha384",
  "1.2.840.113549.1.1.13": "sha512",
};

/** Verifies that the signer's key signed the content; returns the name of the digest. Throws a `CheckFailure`. */
export const verifySignature = ({ content, signer, signerInfo }: SignedMessage): string => {
  const { algorithmId } = signerInfo.digestAlgorithm;
  const digest = DIGESTS[algorithmId];
  if (digest === undefined) throw new CheckFailure(`the digest algorithm ${algorithmId} is not accepted.`);
  const signedBytes =
    signerInfo.signedAttrs === undefined ? content : attributesOf(signerInfo, content, digest);
  const signature = signerInfo.signature.valueBlock.valueHexView;
  let good = false;
  try {
    good = verify(digest, signedBytes, signer.x509.publicKey, signature);
  } catch (error) {
    throw new CheckFailure(`the signature cannot be verified: ${(error as Error).message}`);
  }
  if (!good) throw new CheckFailure("the signature is not one of this content by the certificate's key.");
  return digest;
};

/** The bytes that are signed where there are signed attributes, which must name the type and the digest of the content. */
const attributesOf = ({ signedAttrs }: SignerInfo, content: Uint8Array, digest: string): Uint8Array => {
  const values = new Map(signedAttrs?.attributes.map(({ type, values: [value] }) => [type, value]));
  const type = values.get("1.2.840.113549.1.9.3") as ObjectIdentifier | undefined;
  const hash = values.get("1.2.840.113549.1.9.4");
  const right = createHash(digest).update(content).digest();
  const given = hash instanceof OctetString ? hash.valueBlock.valueHexView : new Uint8Array();
  if (type?.getValue() !== DATA || given.byteLength !== right.byteLength || !timingSafeEqual(given, right))
    throw new CheckFailure("the signed attributes are not those of this content.");
  return new Uint8Array(signedAttrs?.encodedValue ?? new ArrayBuffer());
};
