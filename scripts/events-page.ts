import { type EventDeclaration, eventDeclarations, eventSchema } from "@forewarn/sdk";
import { type Shown, typeOf } from "../packages/testkit/src/options-table.ts";

/** `docs/events.md`, from the declarations in the sdk. */
export function eventsPage(): string {
  const first = eventDeclarations[0] as EventDeclaration;
  const { properties, required = [] } = eventSchema(first) as Shown;
  const attributes: Shown = {
    required,
    properties: {
      ...properties,
      type: { type: "string", description: "One of the types above." },
      dataschema: {
        type: "string",
        description: "The URL of the JSON Schema of `data`, in the published sdk.",
      },
    },
  };
  const groups = Map.groupBy(eventDeclarations, ({ schema }) => schema);
  const dataOf = ([declared]: readonly EventDeclaration[]) => (declared?.data ?? {}) as Shown;
  return [
    "# Events",
    "Generated from the declarations in `packages/sdk/src`; `npm run docs:generate` writes it anew.",
    "Every event is a [CloudEvent](https://cloudevents.io) 1.0. A receiver drops duplicates by `source` and `id`: delivery is at least once, and a resend has the same id. An event is never rewritten.",
    "## Types",
    "| type | severity | when |\n| --- | --- | --- |",
    eventDeclarations
      .map(({ type, severity, summary }) => `| \`${type}\` | ${severity} | ${summary} |`)
      .join("\n"),
    "A scheduled event's `impact`: Preempt, Terminate, Redeploy and Reboot of this VM = error; Freeze, and types that are not known yet = warn, info if the freeze lasts 0 s; events of other VMs = info. It is the same for every phase, but rises if the event gets worse.",
    "## Attributes",
    fields(attributes, ["data"]),
    ...[...groups].flatMap(([name, declarations]) => [
      `## Data of ${declarations.map(({ type }) => `\`${type.replace("io.forewarn.", "")}\``).join(", ")}`,
      `JSON Schema: \`schemas/${name}.json\` in \`@forewarn/sdk\`.`,
      fields(dataOf(declarations), name === "scheduledevent" ? [] : ["vm", "simulated"]),
      ...inner(dataOf(declarations), name === "scheduledevent" ? [] : ["vm"]),
    ]),
    "All data also has `vm` (as above) and `simulated` where a simulator stands in for Azure.",
  ]
    .join("\n\n")
    .replaceAll(/\|\n\n\| `/g, "|\n| `");
}

/** The fields of objects within the data, alone, in lists, or that may be null. */
function inner({ properties = {} }: Shown, left: readonly string[]): readonly string[] {
  return Object.entries(properties).flatMap(([name, field]) => {
    const object = [field, field.items, ...(field.anyOf ?? [])].find(
      (shape) => shape?.properties !== undefined,
    );
    return object === undefined || left.includes(name) ? [] : [`### \`${name}\``, fields(object, [])];
  });
}

function fields({ properties = {}, required = [] }: Shown, left: readonly string[]): string {
  const rows = Object.entries(properties)
    .filter(([name]) => !left.includes(name))
    .map(([name, field]) => {
      const optional = required.includes(name) ? "" : " (optional)";
      return `| \`${name}\`${optional} | ${typeOf(field)} | ${field.description ?? ""} |`;
    });
  return ["| field | type | meaning |", "| --- | --- | --- |", ...rows].join("\n");
}
