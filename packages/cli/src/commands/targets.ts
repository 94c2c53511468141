import { secretPaths } from "@forewarn/sdk";
import type { Settings } from "../config/settings.ts";

/** Where each sink brings its events, by the option that says so, unless that is a secret. */
export function targetsOf(sinks: Settings["sinks"]): ReadonlyMap<string, string> {
  const targets = new Map<string, string>();
  for (const { name, definition, options } of sinks) {
    const secrets = secretPaths(definition.options);
    for (const option of ["path", "url", "eventHub"]) {
      const value = (options as Readonly<Record<string, unknown>>)[option];
      if (typeof value === "string" && !secrets.includes(option)) targets.set(name, value);
    }
  }
  return targets;
}
