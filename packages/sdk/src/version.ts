/** The version of this package, in lockstep with every other package of Forewarn; a test holds it to package.json. */
export const sdkVersion = "0.1.0";
