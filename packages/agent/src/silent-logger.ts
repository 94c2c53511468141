import type { Logger } from "@forewarn/sdk";

/** Says nothing: what a library does unless it is given a logger. */
export const silentLogger: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
