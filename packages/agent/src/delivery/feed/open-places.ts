/** The places of events that are not finished, of which the lowest is always known. */
export interface OpenPlaces {
  add(seq: number): void;
  delete(seq: number): void;
  has(seq: number): boolean;
  size(): number;
  lowest(): number | undefined;
}

/** Gone ones are kept in the list until so many stand before the lowest. */
const mostGone = 4096;

/** An empty set; adding in order, deleting and asking for the lowest take no time worth counting. */
export function createOpenPlaces(): OpenPlaces {
  const open = new Set<number>();
  /** In order; holds some that are gone. */
  let order: number[] = [];
  let head = 0;

  function insert(seq: number): void {
    let [low, high] = [head, order.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((order[middle] as number) < seq) low = middle + 1;
      else high = middle;
    }
    order.splice(low, 0, seq);
  }

  return {
    add(seq) {
      if (open.has(seq)) return;
      open.add(seq);
      if (seq > (order.at(-1) ?? Number.NEGATIVE_INFINITY)) order.push(seq);
      else insert(seq);
    },
    delete: (seq) => void open.delete(seq),
    has: (seq) => open.has(seq),
    size: () => open.size,
    lowest() {
      while (head < order.length && !open.has(order[head] as number)) head++;
      if (head > mostGone) {
        order = order.slice(head);
        head = 0;
      }
      return order[head];
    },
  };
}
