import { createHash, randomBytes, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";

import { BitString, Integer, Null, OctetString, Utf8String } from "asn1js";
import {
  AccessDescription,
  AlgorithmIdentifier,
  AltName,
  AttributeTypeAndValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  Extension,
  ExtKeyUsage,
  GeneralName,
  InfoAccess,
  PublicKeyInfo,
  Time,
} from "pkijs";

/** A certificate and the key that belongs to it. */
export interface Holder {
  readonly certificate: Certificate;
  readonly privateKey: KeyObject;
}

/** What a certificate shall say. */
export interface CertificateRequest {
  readonly commonName: string;
  readonly publicKey: KeyObject;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Of a CA: how many CAs may stand below it; undefined = no CA, but a server of the name `commonName`. */
  readonly pathLength?: number;
  /** Where the issuer's certificate lies (CA Issuers of the Authority Information Access). */
  readonly issuerUrl?: string;
}

/** A certificate signed by the issuer, or by its own key, with RSA and SHA-256. */
export function issue(
  request: CertificateRequest,
  { privateKey, certificate: issuer }: { readonly privateKey: KeyObject; readonly certificate?: Certificate },
): Certificate {
  const certificate = new Certificate({ version: 2 });
  certificate.serialNumber = new Integer({ valueHex: serialNumber() });
  certificate.subject.typesAndValues.push(
    new AttributeTypeAndValue({ type: "2.5.4.3", value: new Utf8String({ value: request.commonName }) }),
  );
  certificate.issuer = (issuer ?? certificate).subject;
  certificate.notBefore = new Time({ value: request.notBefore });
  certificate.notAfter = new Time({ value: request.notAfter });
  certificate.subjectPublicKeyInfo = PublicKeyInfo.fromBER(
    request.publicKey.export({ type: "spki", format: "der" }),
  );
  certificate.extensions = extensions(request, keyId(certificate), keyId(issuer ?? certificate));
  certificate.signature = rsaWithSha256();
  certificate.signatureAlgorithm = rsaWithSha256();
  certificate.tbsView = new Uint8Array(certificate.encodeTBS().toBER());
  certificate.signatureValue = new BitString({
    valueHex: bufferOf(sign("sha256", certificate.tbsView, privateKey)),
  });
  return certificate;
}

/** A copy of the bytes as the ArrayBuffer that asn1js wants. */
export function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

function rsaWithSha256(): AlgorithmIdentifier {
  return new AlgorithmIdentifier({ algorithmId: "1.2.840.113549.1.1.11", algorithmParams: new Null() });
}

/** Positive, of 128 bits that nobody guesses. */
function serialNumber(): ArrayBuffer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bufferOf(bytes);
}

/** The SHA-1 of the public key (RFC 5280, 4.2.1.2): a name for it, no proof. */
function keyId({ subjectPublicKeyInfo }: Certificate): ArrayBuffer {
  const key = subjectPublicKeyInfo.subjectPublicKey.valueBlock.valueHexView;
  return bufferOf(createHash("sha1").update(key).digest());
}

function extensions(
  { commonName, pathLength, issuerUrl }: CertificateRequest,
  own: ArrayBuffer,
  issuers: ArrayBuffer,
): Extension[] {
  const ca = pathLength !== undefined;
  const found = [
    extension("2.5.29.19", true, new BasicConstraints(ca ? { cA: true, pathLenConstraint: pathLength } : {})),
    // keyCertSign and cRLSign, or digitalSignature and keyEncipherment.
    extension("2.5.29.15", true, keyUsage(ca ? { bits: 0x06, unused: 1 } : { bits: 0xa0, unused: 5 })),
    extension("2.5.29.14", false, new OctetString({ valueHex: own })),
    extension(
      "2.5.29.35",
      false,
      new AuthorityKeyIdentifier({ keyIdentifier: new OctetString({ valueHex: issuers }) }),
    ),
  ];
  if (!ca) {
    const serverAndClient = ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"];
    found.push(extension("2.5.29.37", false, new ExtKeyUsage({ keyPurposes: serverAndClient })));
    const names = new AltName({ altNames: [new GeneralName({ type: 2, value: commonName })] });
    found.push(extension("2.5.29.17", false, names));
  }
  if (issuerUrl !== undefined) found.push(extension("1.3.6.1.5.5.7.1.1", false, caIssuers(issuerUrl)));
  return found;
}

function extension(id: string, critical: boolean, value: Encodable): Extension {
  const schema = "toSchema" in value ? value.toSchema() : value;
  return new Extension({ extnID: id, critical, extnValue: schema.toBER() });
}

type Encodable = { toSchema(): { toBER(): ArrayBuffer } } | { toBER(): ArrayBuffer };

function keyUsage({ bits, unused }: { readonly bits: number; readonly unused: number }): BitString {
  return new BitString({ valueHex: new Uint8Array([bits]).buffer, unusedBits: unused });
}

function caIssuers(url: string): InfoAccess {
  return new InfoAccess({
    accessDescriptions: [
      new AccessDescription({
        accessMethod: "1.3.6.1.5.5.7.48.2",
        accessLocation: new GeneralName({ type: 6, value: url }),
      }),
    ],
  });
}
