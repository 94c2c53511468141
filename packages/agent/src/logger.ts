import type { Logger } from "@forewarn/sdk";

/** Says nothing: what a library does unless it is given a logger. */
export const silentLogger: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** A logger that adds the sink's name, or the names at that moment, to each line. */
export function namedLogger(log: Logger, name: string | (() => string)): Logger {
  const sink = () => (typeof name === "string" ? name : name());
  return {
    debug: (message, fields) => log.debug(message, { sink: sink(), ...fields }),
    info: (message, fields) => log.info(message, { sink: sink(), ...fields }),
    warn: (message, fields) => log.warn(message, { sink: sink(), ...fields }),
    error: (message, fields) => log.error(message, { sink: sink(), ...fields }),
  };
}
