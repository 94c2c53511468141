import { type BodyOrigin, jsonObjectOf, wrongShape } from "./json-answer.ts";

/** Reads the answer of the versions endpoint, in the order sent; throws `not-json` or `wrong-shape`. */
export const readVersions = (text: string, origin: BodyOrigin): readonly string[] => {
  const versions = jsonObjectOf(text, origin)["apiVersions"];
  if (!Array.isArray(versions)) throw wrongShape(text, origin, "it has no list `apiVersions`");
  return versions.filter((version) => typeof version === "string");
};
