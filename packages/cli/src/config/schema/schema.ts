import { Duration, Secret, Size, type Static, Type, When } from "@forewarn/sdk";
import { Approve } from "./schema-approve.ts";
import { closed, section } from "./schema-parts.ts";

const Imds = Type.Object(
  {
    endpoint: Type.String({
      format: "uri",
      pattern: "^http://[^/?#@]+/?$",
      default: "http://169.254.169.254",
      description:
        "Where the Azure Instance Metadata Service is: `http://HOST` or `http://HOST:PORT`, without a path; another one only for a simulator.",
    }),
    pollInterval: Duration({
      default: "1s",
      description: "How often Scheduled Events are asked for; at least 100ms.",
    }),
    requestTimeout: Duration({
      default: "10s",
      description: "How long one request to IMDS may take; at least 100ms.",
    }),
    maxRequestsPerSecond: Type.Optional(
      Type.Integer({
        minimum: 2,
        maximum: 100,
        description:
          "How many requests there may be in a second, all together; polls never wait for the others. Default 2, more where `pollInterval` is below 1s. IMDS answers 5 per second for all processes of a VM.",
      }),
    ),
    unreachableAfter: Duration({
      default: "90s",
      description: "After how long without a good answer `imds.unreachable` is told; at least 1s.",
    }),
    notBeforeTolerance: Duration({
      default: "5s",
      description: "How close to its NotBefore an event may vanish and still count as not cancelled.",
    }),
  },
  section("How the Azure Instance Metadata Service is asked."),
);

/** A JSON Pointer to more than nothing. */
export const pointerPattern = "^/.";

const tagNames = (names: readonly string[], description: string) =>
  Type.Array(Type.String({ minLength: 1 }), { default: [...names], description });

const Metadata = Type.Object(
  {
    interval: Duration({
      default: "60s",
      description: "How often the machine's own metadata is asked for; at least 1s.",
    }),
    heartbeat: Type.Optional(
      Duration({
        description:
          "How often `instance.observed` tells the whole of it, also where nothing has changed; at least 1s. Default: only at the start.",
      }),
    ),
    redact: Type.Array(Type.String({ pattern: pointerPattern }), {
      default: [],
      description:
        "JSON Pointers of what is never kept nor told, with all below it; `*` stands for any characters of a name, `**` for any names: `/compute/osProfile/adminUsername`, `/network/**/publicIpAddress`. User data, custom data, keys and encryption settings never are; the VM's name and vmId always.",
    }),
    tags: Type.Object(
      {
        include: tagNames(["*"], "Only tags with these names are kept and told. Default: all."),
        exclude: tagNames([], "Tags with these names are not, whatever `include` says."),
      },
      section("Which of the VM's tags events carry, by name, in any case; `*` stands for any characters."),
    ),
  },
  section("How the machine's own metadata is watched."),
);

const State = Type.Object(
  {
    path: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          "The state directory. Default /var/lib/forewarn, on Windows %ProgramData%\\forewarn. A relative path is taken from the working directory.",
      }),
    ),
    retention: Duration({
      default: "30d",
      description: "How long finished events are kept.",
    }),
    retentionSize: Size({ default: "256MB", description: "How much of finished events is kept." }),
    maxSize: Size({
      default: "1GB",
      description: "The most that events may take on disk; at least 1MB. Past it they are evicted, loudly.",
    }),
  },
  section("What is kept on disk, where, and for how long."),
);

const Log = Type.Object(
  {
    level: Type.Enum(["debug", "info", "warn", "error"], {
      default: "info",
      description: "The least severity that is logged.",
    }),
    format: Type.Enum(["auto", "pretty", "json"], {
      default: "auto",
      description: "`auto` is `pretty` on a terminal and `json`, one object per line, elsewhere.",
    }),
  },
  section("What is written to standard error."),
);

/** A host or address with a port, as far as a pattern can tell; IPv6 in brackets. */
export const listenPattern = "^(\\[[0-9A-Fa-f:.]+\\]|[0-9A-Za-z.-]+):[0-9]{1,5}$";

const Admin = Type.Union(
  [
    Type.Object(
      {
        listen: Type.Optional(
          Type.String({
            pattern: listenPattern,
            description:
              "The address and the port: `127.0.0.1:4690`, `[::1]:4690`; port 0 is any that is free. Default 127.0.0.1:4690. An address that other machines can reach lets them read everything.",
          }),
        ),
      },
      closed("Where the admin server listens."),
    ),
    Type.Enum(["off"], { description: "write { listen: 127.0.0.1:4690 }, or off" }),
  ],
  {
    default: {},
    description:
      "Where a running agent tells its status, metrics and live events over HTTP, read-only; `off` is nowhere. `run --once` never listens, `run --simulate` on a free port.",
  },
);

const Batch = Type.Object(
  {
    maxEvents: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 10_000,
        description: "The most events of a batch. Default: what the sink declares.",
      }),
    ),
    maxBytes: Type.Optional(
      Size({
        description:
          "The most JSON of a batch; at least 1kB. A larger event travels alone. Default: what the sink declares.",
      }),
    ),
    linger: Type.Optional(
      Duration({
        description: "How long the first event of a batch waits for others. Default: what the sink declares.",
      }),
    ),
  },
  closed("How many events travel together. Default: what the sink declares."),
);

/** `off`, or the URL of an HTTP proxy as far as a pattern can tell. */
export const proxyPattern = "^(off|[Hh][Tt][Tt][Pp][Ss]?://.+)$";

const file = (description: string) =>
  Type.Optional(
    Type.String({
      minLength: 1,
      description: `${description} PEM; a relative path is taken from this file.`,
    }),
  );

const Tls = Type.Object(
  {
    ca: file("A file of certificates of authorities that are trusted beside those that come with Node."),
    cert: file(
      "A file with the client certificate that is shown to servers that ask for one, and those that lead to its authority.",
    ),
    key: file("The file of the private key of `cert`."),
    passphrase: Type.Optional(Secret({ minLength: 1, description: "Opens `key` where that is encrypted." })),
  },
  closed(
    "How its https connections prove who is who. The files are read at the start and again, within 10 seconds, when they have changed.",
  ),
);

/** What the configuration says of one sink, beside the sink's own `options`. */
export const SinkConfig = Type.Object(
  {
    type: Type.String({
      description:
        "The kind of destination: a name (`webhook` is @forewarn/sink-webhook), a package (`@acme/pager`) or a path (`./my-sink.ts`, from this file).",
    }),
    when: Type.Optional(
      Type.Object(
        When.properties,
        closed("Which events this sink wants: all that is given must hold. Default: what the sink declares."),
      ),
    ),
    batch: Type.Optional(Batch),
    timeout: Duration({ default: "15s", description: "How long one delivery may take; at least 100ms." }),
    maxAge: Type.Optional(
      Duration({
        description: "Undelivered events older than this become dead letters; at least 1s. Default: never.",
      }),
    ),
    from: Type.Enum(["now", "start"], {
      default: "now",
      description: "Where a new sink begins: with events from now on, or with all that are kept.",
    }),
    concurrency: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 64,
        description:
          "Deliveries under way at once; events of one subject stay in order. Default: what the sink declares, else 1.",
      }),
    ),
    proxy: Type.Optional(
      Type.String({
        pattern: proxyPattern,
        description:
          "The HTTP proxy of its requests, such as `http://proxy.example.com:3128` or `http://USER:PASSWORD@HOST:PORT`; `off` is none. Default: HTTPS_PROXY, HTTP_PROXY and NO_PROXY of the environment, which are never asked for loopback.",
      }),
    ),
    tls: Type.Optional(Tls),
    options: Type.Object(
      {},
      { additionalProperties: true, default: {}, description: "What the sink itself understands." },
    ),
  },
  closed("One destination."),
);

/** What the configuration says of one sink, beside the sink's own `options`. */
export type SinkConfig = Static<typeof SinkConfig>;

/** The name of a sink: a-z, 0-9 and -, at most 63 characters, the first one not -. */
const sinkNamePattern = "^[a-z0-9][a-z0-9-]{0,62}$";

/** The whole configuration file, as people write it: durations and sizes with units, defaults filled in by validation. */
export const ConfigSchema = Type.Object(
  {
    imds: Imds,
    metadata: Metadata,
    state: State,
    log: Log,
    admin: Admin,
    approve: Approve,
    heartbeat: Type.Optional(
      Duration({ description: "How often `agent.heartbeat` is told; at least 1s. Default: never." }),
    ),
    shutdownTimeout: Duration({
      default: "10s",
      description: "How long sinks may take to finish when the agent is told to stop.",
    }),
    sinks: Type.Record(Type.String(), SinkConfig, {
      propertyNames: { pattern: sinkNamePattern },
      minProperties: 1,
      description: "The destinations by name. The name is a sink's identity: a renamed sink is a new one.",
    }),
    $schema: Type.Optional(
      Type.String({
        description:
          "For editors only: where the schema of this file is, as `forewarn schema` prints it. In YAML a first line `# yaml-language-server: $schema=./forewarn.schema.json` says the same.",
      }),
    ),
  },
  closed("The configuration of Forewarn."),
);

/** A configuration that {@link ConfigSchema} accepts, with its defaults filled in. */
export type Config = Static<typeof ConfigSchema>;
