import { secretPaths } from "@forewarn/sdk";
import { hideTelltales } from "../../config/secrets/telltale.ts";
import type { Settings } from "../../config/settings.ts";

/** Where each sink brings its events, by the option that says so; of a URL that is a secret only the origin. */
export function targetsOf(sinks: Settings["sinks"]): ReadonlyMap<string, string> {
  const targets = new Map<string, string>();
  for (const { name, definition, options } of sinks) {
    const secrets = secretPaths(definition.options);
    for (const option of ["path", "url", "eventHub"]) {
      const value = (options as Readonly<Record<string, unknown>>)[option];
      if (typeof value !== "string") continue;
      if (!secrets.includes(option)) targets.set(name, hideTelltales(value));
      else if (URL.canParse(value)) targets.set(name, `${new URL(value).origin}/…`);
    }
  }
  return targets;
}

/** Whether a sink writes its events to the standard output of this process. */
export function usesStandardOutput(sinks: Settings["sinks"]): boolean {
  return sinks.some(({ definition, options }) => definition.type === "file" && options["path"] === "-");
}
