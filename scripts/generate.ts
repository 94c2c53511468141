/** What is generated from schemas at build time. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { dataSchemaUrl, eventDeclarations, isSinkDefinition } from "@forewarn/sdk";
import { createAjv } from "@forewarn/sdk/ajv";

// Only here: the standalone generator is CommonJS without ESM types.
const standaloneCode = createRequire(import.meta.url)("ajv/dist/standalone") as {
  default(ajv: object, names: Readonly<Record<string, string>>): string;
};

/** Writes the JSON Schema of each event's data, as events name them in `dataschema`. */
export async function jsonSchemas(directory: string): Promise<void> {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  for (const { schema, data } of eventDeclarations) {
    const document = {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      $id: dataSchemaUrl(schema),
      ...data,
    };
    writeFileSync(join(directory, `${schema}.json`), `${JSON.stringify(document, null, 2)}\n`);
  }
}

/** The code of a module whose `validate` checks a sink's options. */
export async function sinkValidator(source: string): Promise<string> {
  const exported = Object.values((await import(pathToFileURL(source).href)) as Record<string, unknown>);
  const definition = exported.find(isSinkDefinition);
  if (definition === undefined) throw new Error(`${source} exports no sink`);
  return validator("validate", definition.options);
}

/** The code of a module whose `validateConfig` checks a configuration file. */
export async function configValidator(source: string): Promise<string> {
  const { ConfigSchema } = (await import(pathToFileURL(source).href)) as { ConfigSchema: object };
  return validator("validateConfig", ConfigSchema);
}

function validator(name: string, schema: object): string {
  const ajv = createAjv({ code: { source: true, esm: true } });
  ajv.addSchema(schema, name);
  return standaloneCode.default(ajv, { [name]: name });
}
