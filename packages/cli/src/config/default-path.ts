import { win32 } from "node:path";

/** The platform and environment that default paths depend on. */
export interface Platform {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Where a configuration file is looked for when none is named, in this order. */
export function defaultConfigFiles(host: Platform): readonly string[] {
  return [
    "forewarn.yaml",
    host.platform === "win32"
      ? win32.join(programData(host), "forewarn.yaml")
      : "/etc/forewarn/forewarn.yaml",
  ];
}

/** The state directory when none is configured: /var/lib/forewarn, on Windows %ProgramData%\forewarn. */
export function defaultStatePath(host: Platform): string {
  return host.platform === "win32" ? programData(host) : "/var/lib/forewarn";
}

function programData({ env }: Platform): string {
  return win32.join(env["ProgramData"] ?? "C:\\ProgramData", "forewarn");
}
