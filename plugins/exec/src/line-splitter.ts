/** Cuts a stream of bytes into lines, in bounded memory. */
export interface LineSplitter {
  take(chunk: Buffer): void;
  /** Ends a last line that has no line break. */
  end(): void;
}

const [lineFeed, carriageReturn] = [10, 13];

/**
 * Calls `onLine` with each line that is not empty, without its end (`\n`, `\r\n`, or `\r` as progress bars have it). Of
 * a line longer than `maxBytes` only so much is given; `left` says how many bytes of it were left out.
 */
export function createLineSplitter(
  maxBytes: number,
  onLine: (line: Buffer, left: number) => void,
): LineSplitter {
  let parts: Buffer[] = [];
  let kept = 0;
  let left = 0;

  function add(part: Buffer): void {
    const room = part.subarray(0, maxBytes - kept);
    if (room.length > 0) parts.push(room);
    kept += room.length;
    left += part.length - room.length;
  }

  function end(): void {
    const line = Buffer.concat(parts);
    const over = left;
    [parts, kept, left] = [[], 0, 0];
    if (line.length > 0) onLine(line, over);
  }

  return {
    take(chunk) {
      let from = 0;
      const breaks = [lineFeed, carriageReturn].map((byte) => ({ byte, at: chunk.indexOf(byte) }));
      for (;;) {
        // Each is looked for only from where it was found last: a long chunk without one of them is searched once.
        for (const one of breaks) if (one.at !== -1 && one.at < from) one.at = chunk.indexOf(one.byte, from);
        const next = Math.min(...breaks.map(({ at }) => (at === -1 ? chunk.length : at)));
        add(chunk.subarray(from, next));
        if (next === chunk.length) return;
        end();
        from = next + 1;
      }
    },
    end,
  };
}
