import type { Logger } from "@forewarn/sdk";

/** Says nothing: what a library does unless it is given a logger. */
export const silentLogger: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** A logger that adds the sink's name to each line. */
export function namedLogger(log: Logger, sink: string): Logger {
  return {
    debug: (message, fields) => log.debug(message, { sink, ...fields }),
    info: (message, fields) => log.info(message, { sink, ...fields }),
    warn: (message, fields) => log.warn(message, { sink, ...fields }),
    error: (message, fields) => log.error(message, { sink, ...fields }),
  };
}
