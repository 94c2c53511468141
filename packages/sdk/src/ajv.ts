import { Ajv2020, type Options } from "ajv/dist/2020.js";
import addFormatsModule from "ajv-formats";

// ajv-formats is CommonJS without an ESM default: under nodenext the function sits one level deeper.
const addFormats = addFormatsModule as unknown as typeof addFormatsModule.default;

/**
 * The one Ajv of Forewarn, for build time (standalone validators) and run time (third-party sinks): JSON Schema
 * 2020-12, strict, all errors at once, defaults filled in, `secret` known as a keyword.
 */
export function createAjv(options: Options = {}): Ajv2020 {
  const ajv = new Ajv2020({
    strict: true,
    strictRequired: false,
    allErrors: true,
    useDefaults: true,
    verbose: true,
    ...options,
  });
  ajv.addKeyword({ keyword: "secret", schemaType: "boolean" });
  addFormats(ajv);
  return ajv;
}
