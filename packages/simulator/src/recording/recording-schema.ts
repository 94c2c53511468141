import { Type } from "typebox";

const closed = { additionalProperties: false } as const;

const AnswerSchema = Type.Object(
  {
    at: Type.Number({
      minimum: 0,
      description: "Seconds from the recording's start at which it was first seen.",
    }),
    status: Type.Optional(Type.Integer({ minimum: 100, maximum: 599 })),
    headers: Type.Optional(Type.Record(Type.String(), Type.String())),
    body: Type.Optional(Type.Unknown({ description: "The answer's JSON, secrets replaced." })),
    text: Type.Optional(Type.String({ description: "The answer's text where it is no JSON." })),
    failure: Type.Optional(
      Type.Enum(["timeout", "refused", "connection-lost"], {
        description: "In place of a status: no answer came.",
      }),
    ),
    tookMs: Type.Optional(Type.Integer({ minimum: 0, description: "How long it took, from 1 s on." })),
  },
  { ...closed, description: "An answer that was another one than the one before." },
);

/** The schema of a `Recording`. */
export const RecordingSchema = Type.Object(
  {
    recording: Type.Literal(1, { description: "The version of this format: 1." }),
    recordedAt: Type.String({
      pattern: String.raw`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$`,
      description: "a time in RFC 3339, UTC",
    }),
    seconds: Type.Number({ minimum: 0, description: "How long was recorded." }),
    endpoint: Type.String({ description: "Which IMDS was asked." }),
    redacted: Type.Boolean({
      description: "Whether user data, public keys and attested documents were replaced; tokens always are.",
    }),
    answers: Type.Record(Type.String(), Type.Array(AnswerSchema), {
      description: "By target, such as /metadata/scheduledevents?api-version=2020-07-01, oldest first.",
    }),
  },
  { ...closed, $schema: "https://json-schema.org/draft/2020-12/schema", title: "A recording of IMDS" },
);
