/** The version of this package, as in its package.json (a test compares the two); sent in the User-Agent header. */
export const VERSION = "0.1.0";
