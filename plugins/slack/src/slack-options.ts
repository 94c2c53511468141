import { Duration, Secret, type Static, Type } from "@forewarn/sdk";
import { mentionPattern } from "./message/mention.ts";

const mention = (severity: string) =>
  Type.Optional(
    Type.String({
      pattern: mentionPattern,
      description: `For events of severity ${severity}: \`<!here>\`, \`<!channel>\`, the id of a user (\`U…\`) or of a user group (\`S…\`).`,
    }),
  );

/** The options of the sink. */
export const SlackOptions = Type.Object(
  {
    url: Secret({
      pattern: "^https?://",
      description:
        "The incoming webhook: `https://hooks.slack.com/services/T…/B…/…`, or that of a receiver that takes the same messages.",
    }),
    tags: Type.Array(Type.String({ minLength: 1 }), {
      default: [],
      description: "Which tags of the VM are shown: names in any case, `*` stands for any characters.",
    }),
    mention: Type.Optional(
      Type.Object(
        { error: mention("error"), warn: mention("warn"), info: mention("info") },
        {
          additionalProperties: false,
          description:
            "Whom to call, by severity: `error`, `warn`, `info`. Each is `<!here>`, `<!channel>`, the id of a user (`U…`, `W…`) or of a user group (`S…`). Called only for what is announced, gets worse or starts without notice, never for an end.",
        },
      ),
    ),
    digestAfter: Type.Integer({
      minimum: 0,
      default: 5,
      description:
        "More events than this within `digestWindow` are a storm: they share one message, but for errors of this VM. `0` = never.",
    }),
    digestWindow: Duration({ default: "30s", description: "See `digestAfter`." }),
    title: Type.Optional(
      Type.String({ minLength: 1, description: "A template for the title, in the place of Forewarn's." }),
    ),
    text: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          "A template for the text below the title, in Slack's mrkdwn, in the place of Forewarn's. Values are escaped; what you write yourself is not.",
      }),
    ),
    fields: Type.Optional(
      Type.Record(Type.String(), Type.String({ minLength: 1 }), {
        maxProperties: 10,
        description:
          "Up to ten templates by name, such as `Runbook`, in the place of the facts about the VM.",
      }),
    ),
  },
  { additionalProperties: false },
);

/** The options of the sink. */
export type SlackOptions = Static<typeof SlackOptions>;
