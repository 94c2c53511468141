import { looksLikeKey } from "../config/secrets/literal-secrets.ts";
import { escapeReferences } from "../config/document/reference.ts";

/** A sink that `forewarn init` can write, and how it asks for its destination. */
export interface SinkKind {
  /** The sink's type, and the name that it gets. */
  readonly type: string;
  /** What stands for the destination in the help and in the question. */
  readonly destination: string;
  /** The destination where nothing is answered; absent where it must be given. */
  readonly usual?: string;
  /** Which events it is for, where nothing is answered. */
  readonly events: EventChoice;
  /** The lines of its options, or what is wrong with the destination. */
  options(destination: string): Written | { readonly wrong: string };
}

/** Options as they are written, one line each with the comment above it, and the variables that they refer to. */
export interface Written {
  readonly lines: readonly string[];
  /** Each with a value that the sink would accept, to try the configuration with. */
  readonly variables: Readonly<Record<string, string>>;
}

/** What may be asked for: `alerts` interrupt this VM, `scheduled` is all that is scheduled for it, `all` is everything. */
export const eventChoices = ["alerts", "scheduled", "all"] as const;

/** One of {@link eventChoices}. */
export type EventChoice = (typeof eventChoices)[number];

const variableName = /^[A-Za-z_]\w*$/;
const noSecret = (name: string) =>
  `a secret does not go into the file: put it into an environment variable and give the name of that, such as ${name}`;

const slack: SinkKind = {
  type: "slack",
  destination: "the name of the environment variable that holds the URL of the incoming webhook",
  usual: "SLACK_WEBHOOK_URL",
  events: "alerts",
  options(name) {
    if (!variableName.test(name)) return { wrong: noSecret("SLACK_WEBHOOK_URL") };
    return {
      lines: [
        "# The URL of the incoming webhook, a secret: set it in the environment of the agent.",
        `url: ${referenceTo(name)}`,
        "# mention: { error: <!here> } # whom to call",
      ],
      variables: { [name]: "https://hooks.slack.com/services/T0/B0/x" },
    };
  },
};

const webhook: SinkKind = {
  type: "webhook",
  destination: "the URL, or, where it holds a key, the name of the environment variable that has it",
  events: "alerts",
  options(given) {
    const isName = variableName.test(given);
    if (!isName && looksLikeKey(given)) return { wrong: noSecret("WEBHOOK_URL") };
    if (!isName && !/^https?:\/\/./i.test(given))
      return { wrong: "write an http or https URL, or the name of a variable" };
    return {
      lines: [
        "# Where events are posted, as CloudEvents in JSON.",
        `url: ${isName ? referenceTo(given) : quoted(given)}`,
        '# secret: "${env:WEBHOOK_SECRET}" # signs each request: whsec_ and the Base64 of 24 to 64 bytes',
      ],
      variables: isName ? { [given]: "https://example.com/" } : {},
    };
  },
};

const eventHubs: SinkKind = {
  type: "event-hubs",
  destination:
    "NAMESPACE/EVENT-HUB, such as contoso.servicebus.windows.net/vm-events, for the VM's managed identity; or VARIABLE/EVENT-HUB, where a variable holds a connection string",
  events: "all",
  options(given) {
    const [from = "", eventHub = "", ...more] = given.split("/");
    if (from === "" || eventHub === "" || more.length > 0)
      return { wrong: "write NAMESPACE/EVENT-HUB, such as contoso.servicebus.windows.net/vm-events" };
    const isName = variableName.test(from);
    return {
      lines: [
        ...(isName
          ? [
              "# A connection string with the right Send, a secret: set it in the environment of the agent.",
              `connectionString: ${referenceTo(from)}`,
            ]
          : [
              "# By the VM's managed identity, which needs the role Azure Event Hubs Data Sender.",
              `namespace: ${quoted(from)}`,
            ]),
        `eventHub: ${quoted(eventHub)}`,
      ],
      variables: isName
        ? {
            [from]:
              "Endpoint=sb://contoso.servicebus.windows.net/;SharedAccessKeyName=n;SharedAccessKey=a2V5",
          }
        : {},
    };
  },
};

const file: SinkKind = {
  type: "file",
  destination: "the path of the file; - is standard output",
  usual: "events.ndjson",
  events: "all",
  options: (path) => ({
    lines: [
      "# One event as JSON on each line; a relative path is taken from where the agent is started.",
      `path: ${quoted(path)}`,
      ...(path === "-" ? [] : ["# gzip: true # compress files that were rotated"]),
    ],
    variables: {},
  }),
};

const exec: SinkKind = {
  type: "exec",
  destination: "the program, such as /usr/local/bin/drain.sh",
  events: "alerts",
  options: (program) => ({
    lines: [
      "# Run for each event: JSON on stdin, FOREWARN_* in the environment. Exit 0 is done, 75 is try again.",
      `command: [${quoted(program)}]`,
    ],
    variables: {},
  }),
};

/** The sinks that `forewarn init` can write. */
export const sinkKinds: readonly SinkKind[] = [slack, eventHubs, webhook, file, exec];

/** A literal text in YAML. */
function quoted(text: string): string {
  return JSON.stringify(escapeReferences(text));
}

function referenceTo(name: string): string {
  return `"\${env:${name}}"`;
}
