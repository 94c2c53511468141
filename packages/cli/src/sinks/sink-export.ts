import { type AnySinkDefinition, apiVersion, type EventFunction, isSinkDefinition } from "@forewarn/sdk";
import type { Finding } from "../config/problems/problem.ts";
import { sinkOfFunction } from "./event-function.ts";

/** How a loaded module is spoken of. */
export interface ModuleName {
  /** The path or package as it was written. */
  readonly shown: string;
  /** The `type` of a sink that is only a function. */
  readonly type: string;
  /** What npm installs; absent for a file. */
  readonly packageName?: string;
}

/** The sink that a module exports: its one definition under any name, else its default-exported function. */
export function sinkOf(
  module: unknown,
  name: ModuleName,
): { readonly definition: AnySinkDefinition } | { readonly finding: Finding } {
  const values = exportsOf(module);
  const definitions = values.filter(isSinkDefinition);
  const [definition] = definitions;
  if (definition === undefined) return functionOf(module, name);
  const matching =
    definitions.length === 1 ? definition : definitions.find((each) => each.type === name.type);
  if (matching === undefined) {
    const types = definitions.map((each) => each.type).join(", ");
    return noExport(`${name.shown} exports more than one sink: ${types}`, "export one sink from each module");
  }
  return matching.apiVersion === apiVersion
    ? { definition: matching }
    : { finding: wrongVersion(matching.apiVersion, name) };
}

function functionOf(module: unknown, name: ModuleName): ReturnType<typeof sinkOf> {
  const found = defaultOf(module);
  if (typeof found === "function") return { definition: definitionOf(name.type, found as EventFunction) };
  return noExport(
    `${name.shown} exports no sink`,
    "export a sink made by defineSink, or one function: export default async (event, context) => { … }",
  );
}

/** The same function is the same sink, however often it is loaded: a reload leaves it alone. */
const made = new WeakMap<EventFunction, AnySinkDefinition>();

function definitionOf(type: string, deliverOne: EventFunction): AnySinkDefinition {
  const definition = made.get(deliverOne) ?? sinkOfFunction(type, deliverOne);
  made.set(deliverOne, definition);
  return definition;
}

function noExport(message: string, suggestion: string): { readonly finding: Finding } {
  return { finding: { code: "CONFIG_SINK_NO_EXPORT", message, suggestion } };
}

function wrongVersion(found: number, { shown, packageName }: ModuleName): Finding {
  const isNewer = found > apiVersion;
  const message = `${shown} was made for version ${found} of the sink contract; this forewarn speaks version ${apiVersion}`;
  const older =
    packageName === undefined
      ? "build it with the @forewarn/sdk of this forewarn"
      : `install a newer one: npm install ${packageName}@latest`;
  const suggestion = isNewer ? "install a newer forewarn: npm install -g forewarn@latest" : older;
  return { code: "CONFIG_SINK_API_VERSION", message, suggestion };
}

/** The values that a module exports, each once; CommonJS puts them below `default`. */
function exportsOf(module: unknown): readonly unknown[] {
  const main = defaultOf(module);
  return [...new Set([...valuesOf(module), main, ...valuesOf(main)])];
}

function defaultOf(module: unknown): unknown {
  const found = (module as { readonly default?: unknown } | null | undefined)?.default;
  const isCommonJs = typeof found === "object" && found !== null && "default" in found;
  return isCommonJs ? found.default : found;
}

function valuesOf(module: unknown): readonly unknown[] {
  return typeof module === "object" && module !== null ? Object.values(module) : [];
}
