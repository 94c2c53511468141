import { inspect } from "node:util";
import type { Logger } from "@forewarn/sdk";

/** Something that a sink let be seen. */
export interface Trace {
  /** `log.warn`, `error of deliver`, `excerpt`, `stdout`. */
  readonly where: string;
  readonly text: string;
}

/** Sees everything that a sink logs, throws or prints. */
export interface Witness {
  readonly log: Logger;
  readonly traces: readonly Trace[];
  /** Keeps what was thrown by a call: message, stack, causes and fields; the excerpt apart. */
  threw(call: string, error: unknown): void;
}

/** A witness that has seen nothing yet. */
export function createWitness(): Witness {
  const traces: Trace[] = [];
  const line = (level: string) => (message: string, fields?: Readonly<Record<string, unknown>>) => {
    traces.push({
      where: `log.${level}`,
      text: fields === undefined ? message : `${message} ${shown(fields)}`,
    });
  };
  return {
    log: { debug: line("debug"), info: line("info"), warn: line("warn"), error: line("error") },
    traces,
    threw(call, error) {
      traces.push({ where: `the error of ${call}`, text: shown(withoutExcerpt(error)) });
      const { excerpt } = Object(error) as { readonly excerpt?: unknown };
      if (typeof excerpt === "string") traces.push({ where: `the excerpt of ${call}`, text: excerpt });
    },
  };
}

/** Runs something and returns what it printed meanwhile by `console`, `process.stdout` and `process.stderr`. */
export async function printedBy(run: () => Promise<void>): Promise<readonly string[]> {
  const printed: string[] = [];
  const methods = ["debug", "error", "info", "log", "warn"] as const;
  const undo = [
    ...methods.map((name) =>
      replace(console, name, (...all: unknown[]) => printed.push(all.map(shown).join(" "))),
    ),
    ...[process.stdout, process.stderr].map((stream) =>
      replace(stream, "write", (chunk: unknown) => printed.push(String(chunk)) > 0),
    ),
  ];
  try {
    await run();
  } finally {
    for (const restore of undo) restore();
  }
  return printed;
}

function replace(target: object, name: string, by: (...all: never[]) => unknown): () => void {
  const before: unknown = Reflect.get(target, name);
  Reflect.set(target, name, by);
  return () => Reflect.set(target, name, before);
}

function withoutExcerpt(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, stack, cause, ...fields } = error as Error & { readonly excerpt?: unknown };
  return { name, message, stack, cause, ...fields, excerpt: undefined };
}

function shown(value: unknown): string {
  if (typeof value === "string") return value;
  return inspect(value, { depth: 5, maxStringLength: null, maxArrayLength: null, breakLength: Infinity });
}
