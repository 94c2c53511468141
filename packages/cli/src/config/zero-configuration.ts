import { type User, userStatePath } from "./default-path.ts";
import { escapeReferences } from "./document/reference.ts";

/** A configuration that stands in no file. */
export interface ZeroConfiguration {
  /** Its name in messages. */
  readonly file: string;
  readonly text: string;
  /** The variables of the environment that it was made from. */
  readonly variables: readonly string[];
}

/** Variables that are a whole configuration where there is no file, each with the sink that it is. */
const sinks: Readonly<
  Record<string, { readonly type: string; readonly options: Readonly<Record<string, string>> }>
> = {
  FOREWARN_SLACK_WEBHOOK_URL: { type: "slack", options: { url: "FOREWARN_SLACK_WEBHOOK_URL" } },
  FOREWARN_WEBHOOK_URL: {
    type: "webhook",
    options: { url: "FOREWARN_WEBHOOK_URL", secret: "FOREWARN_WEBHOOK_SECRET" },
  },
};

/**
 * The configuration that the environment alone makes, for a machine without a file: a Slack sink, a webhook sink, or both,
 * with state in the user's state directory, and IMDS where FOREWARN_IMDS_ENDPOINT says. Undefined where neither
 * FOREWARN_SLACK_WEBHOOK_URL nor FOREWARN_WEBHOOK_URL is set.
 */
export function zeroConfiguration(user: User): ZeroConfiguration | undefined {
  const isSet = (name: string) => (user.env[name] ?? "") !== "";
  const names = Object.keys(sinks).filter(isSet);
  if (names.length === 0) return undefined;
  const variable = (name: string) => `\${env:${name}}`;
  const endpoint = isSet("FOREWARN_IMDS_ENDPOINT") ? { endpoint: variable("FOREWARN_IMDS_ENDPOINT") } : {};
  const config = {
    imds: endpoint,
    state: { path: escapeReferences(userStatePath(user)) },
    sinks: Object.fromEntries(
      names.map((name) => {
        const { type = "", options = {} } = sinks[name] ?? {};
        const given = Object.entries(options).filter(([, from]) => isSet(from));
        return [
          type,
          { type, options: Object.fromEntries(given.map(([key, from]) => [key, variable(from)])) },
        ];
      }),
    ),
  };
  return {
    file: `the environment (${names.join(", ")})`,
    text: JSON.stringify(config, null, 2),
    variables: names,
  };
}
