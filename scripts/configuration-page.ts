import type { TSchema } from "@forewarn/sdk";
import { ConfigSchema, SinkConfig } from "../packages/cli/src/config/schema/schema.ts";
import { optionsTable, type Shown } from "../packages/testkit/src/options-table.ts";

/** `docs/configuration.md`, from the schema that validates the file. */
export function configurationPage(): string {
  const { properties = {} } = shown(ConfigSchema);
  const sections = Object.entries(properties).flatMap(([name, section]) => {
    const map = mapOf(section);
    return map === undefined || name === "sinks" ? [] : [[name, section, map] as const];
  });
  const others = { ...properties };
  for (const [name] of sections) delete others[name];
  return [
    "# Configuration",
    "Generated from the schema in `packages/cli/src/config/schema`; `npm run docs:generate` writes it anew.",
    "A YAML or JSON file: `-c FILE`, else `./forewarn.yaml`, else `/etc/forewarn/forewarn.yaml`. `forewarn init` writes one. `forewarn validate` tells every problem in it at once, with its place, its cure and a code that [errors](errors.md) explains; `--probe` also opens each sink and asks its destination, where that can be asked without sending an event.",
    "Durations and sizes have units: `250ms`, `1s`, `15m`, `30d`; `512B`, `64kB`, `10MB`, `1GB`. In any text `${env:NAME}`, `${env:NAME:-default}` and `${file:/run/secrets/name}` are replaced, and `$${` is a plain `${`. No file may have more than 1 MB, neither the configuration nor one that it refers to.",
    "```yaml\nimds: { pollInterval: 1s }\nstate: { path: /var/lib/forewarn, retention: 30d }\nsinks:\n  hook:\n    type: webhook\n    when: { scope: self, minSeverity: warn }\n    options: { url: https://example.com/hooks/forewarn }\n```",
    ...editors,
    ...secrets,
    ...withoutFile,
    "## The file",
    optionsTable({ ...ConfigSchema, properties: others } as TSchema),
    ...sections.flatMap(([name, section, map]) => [
      `## \`${name}\``,
      // Of a section that may be something else, too, it must be said what.
      ...(section === map ? [] : [section.description ?? ""]),
      optionsTable(map as TSchema),
    ]),
    "## A sink",
    "What the agent understands stands beside `options`; what the sink understands stands inside, and is described in the sink's README.",
    optionsTable(SinkConfig),
    ...partOfSink("when"),
    ...filters,
    ...partOfSink("batch"),
    ...partOfSink("tls"),
    "`ca` adds to the authorities that Node brings (and to those of `NODE_EXTRA_CA_CERTS`); it takes nothing away. The whole trust of a Debian or Ubuntu machine is `ca: /etc/ssl/certs/ca-certificates.crt`. It also counts for a proxy that speaks TLS, which is never shown the client certificate. Renewed files are taken up by the next new connection; where they cannot be used, such as a certificate whose key is still the old one, a warning says so and the ones before stay in use. `proxy` and `tls` are for the HTTP that the agent lends its sinks; a sink that connects by a library of its own says in its README what it makes of them.",
    "### Proxies",
    "Without `proxy`, a sink follows the environment, as curl and Go do: `HTTPS_PROXY` for https, `HTTP_PROXY` for http, `NO_PROXY` for what needs none; lower case wins, an empty variable is none. `NO_PROXY` lists, between commas or spaces, `*`, a name (which is also all below it), `.example.com` (the same), `*.example.com` (only what is below), an address, or a block of addresses (`10.0.0.0/8`), each also with a port (`example.com:8443`); a block matches addresses in URLs, names are not looked up. Loopback is never proxied by the environment. A sink's own `proxy` is for all of its requests, whatever `NO_PROXY` says.",
    "https goes through CONNECT, http is forwarded. A proxy that answers 407, or anything but success, 408, 425, 429 or 5xx to CONNECT, pauses the sink; one that is down is tried again; both are named, without the password. No sink reaches a link-local address or Azure's wire server, neither directly nor as a proxy; behind a proxy this can be known only of addresses, not of what the proxy makes of a name. IMDS is asked directly, whatever the environment says. SOCKS proxies and PAC files are not understood.",
  ].join("\n\n");
}

const editors = [
  "## Editors",
  "```sh\nforewarn schema > forewarn.schema.json          # -c forewarn.yaml adds sinks that only it names, such as ./my-sink.ts\n```",
  "The first line `# yaml-language-server: $schema=./forewarn.schema.json` (in JSON the key `$schema`) makes an editor complete keys, show what each means and what it is when left out, and mark what is wrong while you type. The schema is made of the agent's and of every installed sink's own declaration: `options` are those of the sink that `type` names.",
];

const secrets = [
  "## Secrets",
  "Which options are secrets is declared by the sinks (`forewarn sinks --json`: `secret: true`). Give them by reference only. `forewarn validate` and the log warn of one that stands in the file itself: an option that is a secret, a URL that holds a key, a header or variable that is named or looks like one. No secret is shown in logs, errors, `status`, metrics, dead letters or the schema, however it was given. What can be recognized as one stays hidden where it does not belong, too, as a sink's `type` or name: an incoming webhook of Slack, Discord or Teams, `sig=…`, `SharedAccessKey=…`, the user and password of a URL.",
];

const withoutFile = [
  "## Without a file",
  "```sh\nFOREWARN_SLACK_WEBHOOK_URL=https://hooks.slack.com/services/T…/B…/… npx forewarn run\n```",
  "Where no file is named and none is in the default places, the environment can be the configuration: `FOREWARN_SLACK_WEBHOOK_URL` is one Slack sink, `FOREWARN_WEBHOOK_URL` one webhook, signed with `FOREWARN_WEBHOOK_SECRET` if that is set. Everything else has its default, but for the state directory: the one that systemd gives (`STATE_DIRECTORY`), for root `/var/lib/forewarn`, else `$XDG_STATE_HOME/forewarn` or `~/.local/state/forewarn`, on Windows `%ProgramData%\\forewarn`. `FOREWARN_IMDS_ENDPOINT` says where IMDS is. The log says so when it starts; a file, once there is one, is all that counts.",
];

const filters = [
  "### Filters",
  "`filters` speaks the six mandatory dialects of the [CloudEvents Subscriptions API](https://github.com/cloudevents/spec/blob/main/subscriptions/spec.md#324-filters). Each entry has exactly one key. `exact`, `prefix` and `suffix` take a map of attributes and texts, all of which must match, in their case; `all` and `any` take a list of entries, `not` takes one. All entries of `filters` must hold; an empty list lets everything pass.",
  '```yaml\nwhen:\n  filters:\n    - any:\n        - suffix: { type: .started }\n        - exact: { severitytext: ERROR }\n    - not: { exact: { affectsself: "false" } }\n```',
  'Compared are context attributes (`type`, `source`, `subject`, `severitytext`, `affectsself`, `notbefore`, …: [events](events.md)), never `data`. What is no text is compared as it is written in JSON: `"true"`, `"17"`. An attribute that an event does not have matches nothing, so `not` of it holds. Filters are asked when an event is delivered, like all of `when`.',
];

function partOfSink(key: string): readonly string[] {
  return [`### \`${key}\``, optionsTable((shown(SinkConfig).properties?.[key] ?? {}) as TSchema)];
}

/** A section as a map; undefined where it is none. */
function mapOf(section: Shown): Shown | undefined {
  return [section, ...(section.anyOf ?? [])].find(
    ({ type, properties }) => type === "object" && properties !== undefined,
  );
}

const shown = (schema: TSchema): Shown => schema as Shown;
