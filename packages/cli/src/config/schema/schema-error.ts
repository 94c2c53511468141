import type { Pointer } from "../pointer.ts";

/** The part of a JSON Schema that messages are made from. */
export interface JsonSchema {
  readonly secret?: boolean;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly pattern?: string;
  readonly format?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>;
  readonly prefixItems?: readonly JsonSchema[];
  readonly items?: JsonSchema | boolean;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  /** The name of one of the `$defs` around it. */
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
}

/** One error of ajv, with the schema that was not met (`verbose`). */
export interface SchemaError {
  readonly keyword: string;
  readonly instancePath: Pointer;
  readonly schemaPath: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
  readonly parentSchema?: JsonSchema;
}

/** A validator as ajv compiles or generates it: fills in defaults, and leaves its errors behind. */
export interface Validator {
  (data: unknown): boolean;
  errors?: readonly object[] | null;
}

/** The errors a validator left, with every pointer put inside `parent`. */
export function errorsOf(validator: Validator, parent: Pointer): readonly SchemaError[] {
  return (validator.errors ?? []).map((error) => {
    const found = error as SchemaError;
    return { ...found, instancePath: `${parent}${found.instancePath}` };
  });
}

const unions: ReadonlySet<string> = new Set(["anyOf", "oneOf"]);

/**
 * Leaves one thing to say of each union that no branch of met: the errors of the branch that was meant, or a choice
 * where the branches differ by a constant, or else the union's own error.
 */
export function settleUnions(errors: readonly SchemaError[]): readonly SchemaError[] {
  const union = errors
    .filter((error) => unions.has(error.keyword) && !isSettled(error))
    .sort((a, b) => a.schemaPath.length - b.schemaPath.length)[0];
  if (union === undefined) return errors;
  const prefix = `${union.schemaPath}/`;
  const isInside = (error: SchemaError) =>
    error.schemaPath.startsWith(prefix) && error.instancePath.startsWith(union.instancePath);
  const branches = Map.groupBy(errors.filter(isInside), (error) =>
    error.schemaPath.slice(prefix.length, error.schemaPath.indexOf("/", prefix.length)),
  );
  const outside = errors.filter((error) => error !== union && !isInside(error));
  return settleUnions([...outside, ...meant(union, [...branches.values()])]);
}

function isSettled(error: SchemaError): boolean {
  return error.params["settled"] === true;
}

function meant(union: SchemaError, branches: readonly (readonly SchemaError[])[]): readonly SchemaError[] {
  const ofAnother = (error: SchemaError) =>
    error.keyword === "const" || (error.keyword === "type" && error.instancePath === union.instancePath);
  // A map is none of the choices, however many of its keys are wrong.
  const isChoice = (branch: readonly SchemaError[]) =>
    branch.some(({ keyword, instancePath }) => keyword === "enum" && instancePath === union.instancePath);
  const candidates = branches
    .filter((branch) => !branch.some(ofAnother))
    .sort((a, b) => Number(isChoice(a)) - Number(isChoice(b)) || a.length - b.length);
  if (candidates[0] !== undefined) return candidates[0];
  const constants = branches.map((branch) => branch.find((error) => error.keyword === "const"));
  const first = constants[0];
  if (first !== undefined && constants.every((found) => found?.instancePath === first.instancePath)) {
    const allowedValues = constants.map((found) => found?.params["allowedValue"]);
    return [{ ...first, keyword: "enum", params: { allowedValues } }];
  }
  return [{ ...union, params: { ...union.params, settled: true } }];
}
