/** Being built. */
export const builds = true;
