import { Type } from "typebox";

import { namedFaults } from "../http/named-fault.ts";

const closed = { additionalProperties: false } as const;

/** A fault as people write it: a name, a status, or a map of one of four forms. */
export const FaultSchema = Type.Union(
  [
    Type.Enum(Object.keys(namedFaults)),
    Type.Integer({ minimum: 200, maximum: 599 }),
    Type.Object(
      { slow: Type.Number({ minimum: 0 }) },
      { ...closed, description: "Honestly, after so many ms." },
    ),
    Type.Object(
      { drip: Type.Number({ minimum: 0 }) },
      { ...closed, description: "Honestly, over so many ms." },
    ),
    Type.Object(
      { pad: Type.Integer({ minimum: 0 }) },
      { ...closed, description: "Honestly, with spaces up to so many bytes." },
    ),
    Type.Object(
      {
        status: Type.Integer({ minimum: 200, maximum: 599 }),
        headers: Type.Optional(Type.Record(Type.String(), Type.String())),
        body: Type.Optional(Type.Union([Type.String(), Type.Object({}), Type.Array(Type.Unknown())])),
      },
      { ...closed, description: "An answer of your own; a body that is no text is sent as JSON." },
    ),
  ],
  {
    description:
      "a fault: a name such as hang, a status such as 429, { slow: ms }, { drip: ms }, { pad: bytes } or { status, headers, body }",
  },
);
