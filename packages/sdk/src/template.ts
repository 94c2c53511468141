import { refuser, type Refuse } from "./template-error.ts";
import { type Filter, jsonOf, makeFilter, textOf } from "./template-filters.ts";
import { type Hole, type Path, parseTemplate } from "./template-parse.ts";
import { checkPath } from "./template-paths.ts";

/** A compiled template: the text that an event makes of it. Never throws, and takes time linear in what it writes. */
export type Template = (event: object) => string;

/** For whom and for what a template is compiled. */
export interface TemplateOptions {
  /** The option it is the value of, for the message of an error; `template` where none is given. */
  readonly option?: string;
  /** Makes each value harmless in the target; literal text is written as it is. Nothing is changed where it is absent. */
  readonly escape?: (text: string) => string;
}

/**
 * Compiles a text with expressions such as `{{ data.eventType | upper }}`: a path into the event (`data.resources[0]`,
 * `data.vm.tags.my-tag`, `data.vm.tags["my tag"]`, `.` for the whole event) or a text in quotes (`{{ "{{" }}` writes two braces), and filters:
 * `json`, `upper`, `time`, `time: "Europe/Berlin"`, `default: "text"`. Every value is escaped for the target, also that
 * of `json`. What is missing is written as nothing, by `json` as `null`. Throws a `TemplateError` for wrong syntax, an
 * unknown filter, or a path that no event has.
 */
export function compileTemplate(source: string, options: TemplateOptions = {}): Template {
  const { option = "template", escape = (text: string) => text } = options;
  const writers = compileParts(source, option).map((part): Template => {
    if (typeof part === "string") return () => part;
    return (event) => escape(part.json ? jsonOf(part.value(event)) : textOf(part.value(event)));
  });
  return (event) => writers.map((write) => write(event)).join("");
}

/** An expression, ready to be asked: its value, and whether it wants to be written as JSON. */
export interface CompiledHole {
  readonly json: boolean;
  value(event: object): unknown;
}

/** The parts of a template, checked: literal texts and expressions. */
export function compileParts(source: string, option: string): readonly (string | CompiledHole)[] {
  const refuse = refuser(source, option);
  return parseTemplate(source, refuse).map((part) =>
    typeof part === "string" ? part : compileHole(part, refuse),
  );
}

function compileHole({ value, filters }: Hole, refuse: Refuse): CompiledHole {
  const applied: readonly Filter[] = filters.map((call) => makeFilter(call, refuse));
  const early = filters.slice(0, -1).find(({ name }) => name === "json");
  if (early !== undefined) refuse("json is not the last filter", early.place, "move json to the end");
  if ("steps" in value) checkPath(value, refuse);
  const read = "steps" in value ? (event: object) => valueAt(event, value) : () => value.text;
  return {
    json: filters.at(-1)?.name === "json",
    value: (event) => applied.reduce((before, apply) => apply(before), read(event)),
  };
}

/** Only what an event itself holds is found: nothing of prototypes, nothing of texts. */
function valueAt(event: object, { steps }: Path): unknown {
  let value: unknown = event;
  for (const step of steps) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    if (Array.isArray(value) && !/^\d+$/.test(step)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[step];
  }
  return value;
}
