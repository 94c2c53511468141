import { createRedactor } from "@forewarn/agent";
import { type TSchema, secretValues } from "@forewarn/sdk";
import type { Trace } from "./witness.ts";

/** Shorter values would be found in innocent text; the agent does not redact them either. */
const shortest = 4;

/** The values of the options that a schema declares as `Secret`. */
export function secretsIn(schema: TSchema, options: unknown): readonly string[] {
  return secretValues(schema, options).filter((value) => value.length >= shortest);
}

/** What secrets there are. */
export interface KnownSecrets {
  /** Values of secret options, and tokens: in an excerpt the agent redacts them. */
  readonly whole: readonly string[];
  /** Parts of them, which nobody can redact. */
  readonly parts: readonly string[];
}

/** The places where a secret was seen, in whatever writing; the secret itself is not repeated. */
export function leaksIn(traces: readonly Trace[], { whole, parts }: KnownSecrets): readonly string[] {
  const redact = createRedactor(whole);
  const forms = [...whole, ...parts].flatMap(formsOf);
  return traces.flatMap(({ where, text }) => {
    const seen = where.startsWith("the excerpt") ? redact(text) : text;
    const form = forms.find((candidate) => seen.includes(candidate));
    return form === undefined ? [] : [`${where}: ${around(seen, form)}`];
  });
}

function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const path = /^https?:/i.test(secret) ? URL.parse(secret)?.pathname : undefined;
  return [
    secret,
    encodeURIComponent(secret.toWellFormed()),
    JSON.stringify(secret).slice(1, -1),
    bytes.toString("base64"),
    bytes.toString("base64url"),
    ...(path === undefined || path.length < shortest ? [] : [path]),
  ];
}

function around(text: string, form: string): string {
  const at = text.indexOf(form);
  const before = text.slice(Math.max(0, at - 60), at);
  const after = text.slice(at + form.length, at + form.length + 30);
  return JSON.stringify(`${before}<the secret>${after}`);
}
