import { createAjv } from "@forewarn/sdk/ajv";
import type { Validator } from "./schema-error.ts";
import { ConfigSchema } from "./schema.ts";

/** Whether data meets {@link ConfigSchema}; fills in its defaults. The build generates the same as code without ajv. */
export const validateConfig: Validator = createAjv().compile(ConfigSchema);
