import type { Finding } from "../config/problems/problem.ts";
import type { Validator } from "../config/schema/schema-error.ts";
import { type Importer, type LoadedSink, nodeImporter } from "./load.ts";

/**
 * The validator of a sink's options: the one its package ships as `<package>/validate`, which needs no ajv, else one
 * compiled here from the definition's schema.
 */
export async function optionsValidator(
  sink: LoadedSink,
  importer: Importer = nodeImporter,
): Promise<{ readonly validator: Validator } | { readonly finding: Finding }> {
  const shipped = await shippedValidator(sink, importer);
  if (shipped !== undefined) return { validator: shipped };
  try {
    const { createAjv } = await import("@forewarn/sdk/ajv");
    return { validator: createAjv().compile(sink.definition.options) };
  } catch (error) {
    return {
      finding: {
        code: "CONFIG_SINK_BROKEN",
        message: `the options of the sink ${sink.definition.type} are declared wrongly: ${error instanceof Error ? error.message : String(error)}`,
        suggestion: "its author must correct the schema: it is compiled by ajv in strict mode",
      },
    };
  }
}

async function shippedValidator(
  { module, directory }: LoadedSink,
  importer: Importer,
): Promise<Validator | undefined> {
  if (module.kind === "path" || module.specifier !== module.packageName) return undefined;
  try {
    const url = importer.resolve(`${module.packageName}/validate`, directory);
    const loaded = (await importer.import(url)) as { readonly validate?: unknown };
    return typeof loaded.validate === "function" ? (loaded.validate as Validator) : undefined;
  } catch {
    // A package need not ship one, and one that does not load is no worse than none.
    return undefined;
  }
}
