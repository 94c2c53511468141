import { sdkVersion } from "@forewarn/sdk";

/** Every package of Forewarn has the same version. */
export const version = sdkVersion;
