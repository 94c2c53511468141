import { access, constants } from "node:fs/promises";
import { dirname } from "node:path";
import { Size, Type, defineSink, parseSize } from "@forewarn/sdk";
import { fileError } from "./file-error.ts";
import { type OpenFile, append, currentSize, endsTorn, openFile } from "./open-file.ts";
import { dayOf, prune, rotate } from "./rotation.ts";

/**
 * Appends events to a file, one JSON text per line, on disk before a batch is settled. No linger: what one poll found
 * comes as one batch anyway, and what comes while a batch is synced waits and shares the next sync.
 */
export const file = defineSink({
  type: "file",
  summary: "Appends events to a file, one JSON text per line.",
  options: Type.Object(
    {
      path: Type.String({
        minLength: 1,
        description:
          "The file, such as `/var/log/forewarn/events.ndjson`. It is created with mode 0640, its directory with 0750, where they are missing.",
      }),
      rotateSize: Size({
        default: "100MB",
        description:
          "The file is rotated before it would grow beyond this: renamed to `<path>.2026-11-22T20-15-03.123Z`, the time of the rotation. `0B` = never.",
      }),
      rotateDaily: Type.Boolean({
        default: false,
        description: "Also rotate with the first event of each day, in UTC.",
      }),
      keep: Type.Integer({
        minimum: 1,
        default: 7,
        description: "How many rotated files stay; the oldest are deleted.",
      }),
    },
    { additionalProperties: false },
  ),
  batch: { maxEvents: 1000, maxBytes: "4MB", linger: "0ms" },
  open({ path, rotateSize, rotateDaily, keep }, { clock, log }) {
    const maxSize = parseSize(rotateSize) || Number.POSITIVE_INFINITY;
    const rotates = rotateDaily || Number.isFinite(maxSize);
    let current: OpenFile | undefined;
    /** The size at which the file is known to end with a whole line. */
    let wholeAt = 0;
    /** The day of the last line. */
    let day = 0;

    async function close(): Promise<void> {
      const { handle } = current ?? {};
      current = undefined;
      await handle?.close();
    }

    /** Opens the file, again where another took its place, and ends a line that a crash has torn. */
    async function attach(): Promise<{ readonly file: OpenFile; readonly size: number }> {
      let size = current && (await currentSize(path, current));
      if (current === undefined || size === undefined) {
        await close();
        current = await openFile(path);
        ({ size } = current);
        wholeAt = 0;
        day = dayOf(size > 0 ? current.modified : clock.now());
      }
      if (size !== wholeAt && (await endsTorn(current, size))) {
        await append(current, Buffer.from("\n"));
        size += 1;
      }
      return { file: current, size };
    }

    async function rotateAway({ handle, realPath }: OpenFile): Promise<void> {
      await handle.datasync();
      await close();
      await rotate(realPath, clock.now());
      await prune(realPath, keep).catch((error: unknown) => {
        log.warn("old rotated files could not be deleted", { path: realPath, error: String(error) });
      });
    }

    return {
      async deliver(batch, { signal }) {
        const lines = Buffer.from(`${batch.encoded.join("\n")}\n`);
        try {
          let { file, size } = await attach();
          const now = dayOf(clock.now());
          const isDue = size + lines.length > maxSize || (rotateDaily && now !== day);
          if (size > 0 && isDue) {
            await rotateAway(file);
            ({ file, size } = await attach());
          }
          signal.throwIfAborted();
          await append(file, lines);
          await file.handle.datasync();
          wholeAt = size + lines.length;
          day = now;
        } catch (error) {
          // What was written of this batch is unknown: the next attempt opens the file anew and looks.
          await close().catch(() => undefined);
          throw fileError(path, error);
        }
      },
      async probe() {
        try {
          const { file } = await attach();
          if (rotates) await access(dirname(file.realPath), constants.W_OK);
        } catch (error) {
          await close().catch(() => undefined);
          throw fileError(path, error);
        }
      },
      close,
    };
  },
});
