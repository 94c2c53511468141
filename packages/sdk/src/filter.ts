import { Type } from "typebox";

/**
 * A filter expression of the CloudEvents Subscriptions API 1.0 (3.2.4.1.1), in one of its six mandatory dialects: exactly
 * one key. What compares names context attributes; one that an event does not have matches nothing.
 */
export interface Filter {
  readonly exact?: Readonly<Record<string, string>>;
  readonly prefix?: Readonly<Record<string, string>>;
  readonly suffix?: Readonly<Record<string, string>>;
  readonly all?: readonly Filter[];
  readonly any?: readonly Filter[];
  readonly not?: Filter;
}

/** Attributes by name, each with a text; names are of a-z and 0-9 (CloudEvents 1.0, "Attribute Naming Convention"). */
const attributes = (description: string) =>
  Type.Optional(
    Type.Record(Type.String(), Type.String({ minLength: 1 }), {
      propertyNames: { pattern: "^[a-z0-9]+$" },
      minProperties: 1,
      description,
    }),
  );

const nested = (description: string) =>
  Type.Optional(Type.Array(Type.Ref("Filter"), { minItems: 1, description }));

const declaration = Type.Cyclic(
  {
    Filter: Type.Object(
      {
        exact: attributes("Each attribute is exactly this text: `{ type: io.forewarn.agent.started }`."),
        prefix: attributes("Each attribute begins with this text: `{ source: /subscriptions/ }`."),
        suffix: attributes("Each attribute ends with this text: `{ type: .started }`."),
        all: nested("Every one of these filters holds."),
        any: nested("At least one of these filters holds."),
        not: Type.Optional(Type.Ref("Filter")),
      },
      {
        additionalProperties: false,
        minProperties: 1,
        maxProperties: 1,
        description:
          "One of `exact`, `prefix`, `suffix` (a map of attributes and texts, in their case), `all`, `any` (lists of filters) and `not` (a filter).",
      },
    ),
  },
  "Filter",
);

/** The schema of a {@link Filter}. */
export const Filter = Type.Unsafe<Filter>(declaration);
