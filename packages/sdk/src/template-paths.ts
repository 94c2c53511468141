import { eventDeclarations, eventSchema } from "./events.ts";
import { nearest } from "./nearest.ts";
import type { Refuse } from "./template-error.ts";
import type { Path } from "./template-parse.ts";

/** What may stand below a place in an event, over all types of events. */
interface Shape {
  readonly fields: Map<string, Shape>;
  items?: Shape;
  /** Whether any key may stand here: tags, and what Azure sends that Forewarn does not know. */
  open: boolean;
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly patternProperties?: object;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly type?: unknown;
  readonly const?: unknown;
  readonly enum?: unknown;
}

let known: Shape | undefined;

/** Refuses a path that no event of Forewarn's has, by the declarations of `events.ts`. */
export function checkPath({ steps, places }: Path, refuse: Refuse): void {
  known ??= eventShape();
  let shape = known;
  for (const [depth, step] of steps.entries()) {
    if (shape.open) return;
    const next = below(shape, step);
    if (next === undefined) {
      const place = places[depth] ?? { open: 0, from: 0, to: 0 };
      const parent = steps.slice(0, depth).join(".");
      return refuse(
        `no event has ${named([...steps.slice(0, depth), step])}`,
        place,
        cure(known, steps, depth, shape, parent),
      );
    }
    shape = next;
  }
}

function below({ fields, items }: Shape, step: string): Shape | undefined {
  return fields.get(step) ?? (/^\d+$/.test(step) ? items : undefined);
}

function named(steps: readonly string[]): string {
  return steps.join(".").slice(0, 100);
}

function cure(root: Shape, steps: readonly string[], depth: number, shape: Shape, parent: string): string {
  const rest = steps.slice(depth);
  for (const prefix of [["data"], ["data", "vm"]]) {
    const whole = [...prefix, ...rest];
    if (exists(root, whole)) return `did you mean ${whole.join(".")}?`;
  }
  const names = [...shape.fields.keys()];
  if (names.length === 0) {
    const holds =
      shape.items === undefined
        ? "is one value, nothing stands below it"
        : "is a list: write an index, as in [0]";
    return `${parent} ${holds}`;
  }
  const [step = ""] = rest;
  const near = step.length > 64 ? undefined : nearest(step, names);
  const whole = (name: string) => (parent === "" ? name : `${parent}.${name}`);
  return near === undefined ? `there are ${names.join(", ")}` : `did you mean ${whole(near)}?`;
}

function exists(root: Shape, steps: readonly string[]): boolean {
  let shape: Shape | undefined = root;
  for (const step of steps) {
    if (shape.open) return true;
    shape = below(shape, step);
    if (shape === undefined) return false;
  }
  return true;
}

function eventShape(): Shape {
  const root = closed();
  for (const declaration of eventDeclarations) merge(root, eventSchema(declaration) as JsonSchema);
  return root;
}

const closed = (): Shape => ({ fields: new Map(), open: false });

function merge(shape: Shape, schema: JsonSchema): void {
  for (const [name, child] of Object.entries(schema.properties ?? {})) {
    const field = shape.fields.get(name) ?? closed();
    shape.fields.set(name, field);
    merge(field, child);
  }
  if (schema.items !== undefined) merge((shape.items ??= closed()), schema.items);
  for (const choice of schema.anyOf ?? []) merge(shape, choice);
  if (schema.patternProperties !== undefined || isAnything(schema)) shape.open = true;
}

function isAnything({ type, anyOf, enum: choices, const: only }: JsonSchema): boolean {
  return [type, anyOf, choices, only].every((said) => said === undefined);
}
