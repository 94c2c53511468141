import { Secret, type Static, Type } from "@forewarn/sdk";

const httpUrl = "^[Hh][Tt][Tt][Pp][Ss]?://[^/?#@]+([/?#].*)?$";
const whsec = "^whsec_[A-Za-z0-9+/]{32,86}={0,2}$";
const dnsName =
  "^(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$";

/** The options of the webhook sink; what a schema cannot say of them, `checkOptions` does. */
export const WebhookOptions = Type.Object(
  {
    url: Type.Optional(
      Secret({
        format: "uri",
        pattern: httpUrl,
        description:
          "Where events are posted: `http` or `https`, without user and password (use `headers`). Redirects are not followed. A secret, since many such URLs hold a key. Required, but for the presets `pagerduty` and `opsgenie`, which know theirs.",
      }),
    ),
    mode: Type.Enum(["structured", "binary", "batched"], {
      default: "structured",
      description:
        "`structured`: one event per request, the whole event as JSON. `binary`: one event per request, its attributes as `ce-` headers, its data as the body. `batched`: up to 100 events or 256 kB per request as a JSON array, for a receiver that asks for it.",
    }),
    headers: Type.Optional(
      Type.Record(Type.String(), Secret(), {
        description: "Sent with every request, such as `authorization`; the values are secrets.",
      }),
    ),
    secret: Type.Optional(
      Secret({
        pattern: whsec,
        description:
          "Signs every request as Standard Webhooks: `whsec_` and the Base64 of 24 to 64 random bytes.",
      }),
    ),
    previousSecret: Type.Optional(
      Secret({
        pattern: whsec,
        description:
          "During a change of `secret`: the old one. Requests carry both signatures, so receivers may change at any time.",
      }),
    ),
    handshake: Type.Optional(
      Type.Boolean({
        description:
          "Asks the receiver for its consent before the first event, as the CloudEvents webhook specification says, and keeps to the rate that it allows.",
      }),
    ),
    origin: Type.Optional(
      Type.String({
        pattern: dnsName,
        description:
          "With `handshake`: the DNS name by which the receiver knows this system, the same on all its VMs, such as `vm-events.example.com`. Without it `forewarn.invalid`.",
      }),
    ),
    requestRate: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: "With `handshake`: how many requests per minute to ask for.",
      }),
    ),
    body: Type.Optional(
      Type.Union(
        [
          Secret({ minLength: 1 }),
          Type.Object({}, { additionalProperties: true }),
          Type.Unsafe<readonly unknown[]>({ type: "array" }),
        ],
        {
          description:
            "For a receiver that does not know CloudEvents: the body of each request as a template, one event per request. A text, or a map or list that becomes JSON. What references in it stand for is secret.",
        },
      ),
    ),
    contentType: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          "With `body`: what it is, default `application/json`. Values are escaped for it: any JSON type, `application/x-www-form-urlencoded` or `text/plain`.",
      }),
    ),
    preset: Type.Optional(
      Type.Enum(["teams", "pagerduty", "opsgenie", "discord"], {
        description: "Speaks to this service instead: its messages, its limits, its answers.",
      }),
    ),
    routingKey: Type.Optional(
      Secret({
        pattern: "^[A-Za-z0-9]{32}$",
        description: "With the preset `pagerduty`: the integration key of an Events API v2 integration.",
      }),
    ),
    apiKey: Type.Optional(
      Secret({
        pattern: "^[!-~]+$",
        description: "With the preset `opsgenie`: the key of an API integration.",
      }),
    ),
  },
  {
    additionalProperties: false,
    if: {
      type: "object",
      required: ["preset"],
      properties: { preset: { enum: ["pagerduty", "opsgenie"] } },
    },
    else: { required: ["url"] },
  },
);

/** The options of the webhook sink. */
export type WebhookOptions = Static<typeof WebhookOptions>;
