import { Size, type Static, Type } from "@forewarn/sdk";

/** The declaration of the options. */
export const options = Type.Object(
  {
    path: Type.String({
      minLength: 1,
      description:
        "The file, such as `/var/log/forewarn/events.ndjson`. It is created with mode 0640, its directory with 0750, where they are missing. `-` is standard output.",
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
      description: "How many rotated files stay, compressed or not; the oldest are deleted.",
    }),
    gzip: Type.Boolean({
      default: false,
      description: "Compress rotated files, in the background, to `<name>.gz`.",
    }),
    fsync: Type.Enum(["always", "interval", "never"], {
      default: "always",
      description:
        "What a power loss, or a crash of the system, can take of events that count as delivered. `always`: nothing, each batch is synced to disk first. `interval`: the last second. `never`: whatever the system has not yet written, on Linux about 30 seconds. A crash of the agent alone takes nothing.",
    }),
  },
  { additionalProperties: false },
);

/** The options of the file sink, defaults filled in. */
export type FileOptions = Static<typeof options>;
