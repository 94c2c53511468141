import { sign } from "node:crypto";

import { Null, OctetString } from "asn1js";
import {
  AlgorithmIdentifier,
  ContentInfo,
  EncapsulatedContentInfo,
  IssuerAndSerialNumber,
  SignedData,
  SignerInfo,
} from "pkijs";
import type { Certificate } from "pkijs";

import { bufferOf } from "./certificate.ts";
import type { Holder } from "./certificate.ts";

const SHA256 = "2.16.840.1.101.3.4.2.1";
const RSA = "1.2.840.113549.1.1.1";

/**
 * A PKCS#7 message (CMS SignedData, DER) around the content, of the shape of Microsoft's sample: no signed attributes,
 * so that the signature is over the content itself; the signer's certificate inside, and the others given.
 */
export function signMessage(content: Uint8Array, signer: Holder, others: readonly Certificate[]): Uint8Array {
  const { issuer, serialNumber } = signer.certificate;
  const info = new SignerInfo({
    version: 1,
    sid: new IssuerAndSerialNumber({ issuer, serialNumber }),
    digestAlgorithm: algorithm(SHA256),
    signatureAlgorithm: algorithm(RSA),
    signature: new OctetString({ valueHex: bufferOf(sign("sha256", content, signer.privateKey)) }),
  });
  const signed = new SignedData({
    version: 1,
    digestAlgorithms: [algorithm(SHA256)],
    encapContentInfo: data(content),
    certificates: [signer.certificate, ...others],
    signerInfos: [info],
  });
  const message = new ContentInfo({ contentType: ContentInfo.SIGNED_DATA, content: signed.toSchema(true) });
  return new Uint8Array(message.toSchema().toBER());
}

function data(content: Uint8Array): EncapsulatedContentInfo {
  const info = new EncapsulatedContentInfo({ eContentType: ContentInfo.DATA });
  // Set afterwards: the constructor would cut it into parts of BER, which Azure does not.
  info.eContent = new OctetString({ valueHex: bufferOf(content) });
  return info;
}

function algorithm(id: string): AlgorithmIdentifier {
  return new AlgorithmIdentifier({ algorithmId: id, algorithmParams: new Null() });
}
