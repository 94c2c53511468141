/**
 * Verification of attested documents: apart from the client, since it needs a library that reads certificates.
 *
 * @packageDocumentation
 */
export type { AttestedDocument } from "../attested-document.ts";
export type { AttestedCheck, AttestedCheckName } from "./attested-check.ts";
export { AttestedDocumentError } from "./attested-document-error.ts";
export type { AttestedPayload } from "./attested-payload.ts";
export type { FetchIssuer } from "./certificate-chain.ts";
export { ATTESTED_HOSTS } from "./certificate-name.ts";
export { fetchIssuerByHttp } from "./fetch-issuer.ts";
export {
  type AttestedVerification,
  verifyAttestedDocument,
  type VerifyAttestedOptions,
} from "./verify-attested-document.ts";
