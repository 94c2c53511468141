const MOST = 50;

/** Collects sentences about a document, the first 50 of them and then only their number: a broken document of ten thousand entries must not fill a log. */
export interface Warnings {
  add(text: string): void;
  list(): readonly string[];
}

/** An empty collection. */
export const createWarnings = (): Warnings => {
  const texts: string[] = [];
  let more = 0;
  return {
    add(text) {
      if (texts.length < MOST - 1) texts.push(text);
      else more += 1;
    },
    list: () => (more === 0 ? texts : [...texts, `and ${more} more`]),
  };
};
