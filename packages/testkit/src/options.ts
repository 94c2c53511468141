import type { TSchema } from "@forewarn/sdk";
import { createAjv } from "@forewarn/sdk/ajv";

type Validate = ReturnType<ReturnType<typeof createAjv>["compile"]>;

const compiled = new WeakMap<TSchema, Validate>();

/** The options as the agent hands them over: validated, with defaults. Throws a sentence that names what is wrong. */
export function withDefaults(schema: TSchema, given: unknown): unknown {
  const options: unknown = structuredClone(given);
  const validate = validatorOf(schema);
  if (validate(options)) return options;
  const problems = (validate.errors ?? []).map(
    ({ instancePath, message = "" }) => `${instancePath || "options"} ${message}`,
  );
  throw new Error(`the options that the harness gives are not valid: ${problems.join("; ")}`);
}

/** Whether options are valid. */
export function accepts(schema: TSchema, options: unknown): boolean {
  return validatorOf(schema)(structuredClone(options)) === true;
}

function validatorOf(schema: TSchema): Validate {
  const known = compiled.get(schema) ?? createAjv().compile(schema);
  compiled.set(schema, known);
  return known;
}
