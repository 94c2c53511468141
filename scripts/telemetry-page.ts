import { readFileSync } from "node:fs";
import { join } from "node:path";

const source = join(import.meta.dirname, "../packages/agent/src/telemetry.ts");

/** One event of the agent's own telemetry, as its type declares it. */
export interface TelemetryEvent {
  readonly name: string;
  readonly meaning: string;
  /** What a listener gets, as TypeScript; empty where it gets nothing. */
  readonly carries: string;
}

/** `docs/telemetry.md`, from the type `AgentTelemetry` as it stands in the source. */
export function telemetryPage(): string {
  return [
    "# Telemetry",
    "Generated from `AgentTelemetry` in `packages/agent/src/telemetry.ts`; `npm run docs:generate` writes it anew.",
    "What an embedded agent says of its own work, by a typed [eventemitter3](https://www.npmjs.com/package/eventemitter3). The log and all that [metrics](metrics.md) count are made of it. Listeners are called in the middle of the work and must be quick; nothing here is forwarded to sinks. Times are milliseconds, messages are without secrets.",
    '```ts\nagent.telemetry.on("sinkPaused", ({ sink, reason, message }) => page(`${sink}: ${message}`));\n```',
    [
      "| event | when | carries |",
      "| --- | --- | --- |",
      ...telemetryEvents().map(
        ({ name, meaning, carries }) =>
          `| \`${name}\` | ${meaning} | ${carries === "" ? "" : `\`${carries.replaceAll("|", String.raw`\|`)}\``} |`,
      ),
    ].join("\n"),
    `An attempt's \`result\` is one of ${unionOf("attemptResults")}; \`doing\` is one of ${unionOf("stateWork")}.`,
  ].join("\n\n");
}

/** The events that the type declares, in its order; throws where the source is written in another way. */
export function telemetryEvents(text: string = readFileSync(source, "utf8")): readonly TelemetryEvent[] {
  const body = /export interface AgentTelemetry \{\n([\s\S]*?)\n\}\n/.exec(text)?.[1] ?? "";
  const found = [...body.matchAll(/ {2}\/\*\*([\s\S]*?)\*\/\n {2}(\w+): \(([\s\S]*?)\) => void;/g)];
  const events = found.map(([, comment = "", name = "", parameters = ""]) => ({
    name,
    meaning: comment.replaceAll(/\s*\n\s*\*?\s*/g, " ").trim(),
    carries: parameters
      .replace(/^\s*\w+:\s*/, "")
      .replaceAll(/readonly |,\s*$/g, "")
      .replaceAll(/;?\s*\n\s*/g, "; ")
      .replaceAll(/\{; /g, "{ ")
      .replaceAll(/; \}/g, " }")
      .trim(),
  }));
  const declared = body.match(/^ {2}\w+: \(/gm) ?? [];
  if (events.length === 0 || events.length !== declared.length)
    throw new Error("AgentTelemetry has a member that this page does not understand, or without a comment");
  return events;
}

/** The words of a constant list of the source. */
function unionOf(constant: string): string {
  const pattern = new RegExp(`export const ${constant} = \\[([^\\]]*)\\]`);
  const list = pattern.exec(readFileSync(source, "utf8"))?.[1] ?? "";
  return [...list.matchAll(/"([^"]+)"/g)].map(([, word]) => `\`${word}\``).join(", ");
}
