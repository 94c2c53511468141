import { type BodyOrigin, jsonObjectOf, wrongShape } from "./json-answer.ts";

/** Azure's signature over facts of this VM: `encoding` is `pkcs7`, `signature` base64 of a DER PKCS#7; it is not verified here. */
export interface AttestedDocument {
  readonly encoding: string;
  readonly signature: string;
}

/** Reads the answer of the attested endpoint; throws `not-json` or `wrong-shape`. */
export const readAttestedDocument = (text: string, origin: BodyOrigin): AttestedDocument => {
  const { encoding, signature } = jsonObjectOf(text, origin);
  if (typeof encoding === "string" && typeof signature === "string") return { encoding, signature };
  throw wrongShape(text, origin, "it lacks `encoding` or `signature`");
};
