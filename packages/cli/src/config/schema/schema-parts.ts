/** What is said of a map that takes no unknown keys. */
export const closed = (description: string) => ({ additionalProperties: false, description }) as const;

/** The same of one that may be left out, since each of its keys has a default or may be absent. */
export const section = (description: string) => ({ ...closed(description), default: {} }) as const;
