import { Ajv2020 } from "ajv/dist/2020.js";
import type { ValidateFunction } from "ajv";

import { explainErrors } from "./explain-errors.ts";
import type { Finding } from "./finding.ts";

/** Says what is wrong with a value; `whole` is what the value as a whole is called, such as "the scenario". */
export type Shape = (value: unknown) => readonly Finding[];

/** A check by a JSON Schema, compiled at its first use. */
export function createShape(schema: object, whole: string): Shape {
  let validate: ValidateFunction | undefined;
  return (value) => {
    validate ??= new Ajv2020({ allErrors: true, verbose: true, strictTypes: false }).compile(schema);
    return validate(value) ? [] : explainErrors(validate.errors ?? [], whole);
  };
}
