import { isAbsolute, join, win32 } from "node:path";

/** The platform and environment that default paths depend on. */
export interface Platform {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Whose process it is. */
export interface User extends Platform {
  readonly isRoot: boolean;
  /** The home directory. */
  readonly home: string;
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

/**
 * The state directory where there is no configuration file: the one that systemd gives (STATE_DIRECTORY), for root the
 * usual one, else $XDG_STATE_HOME/forewarn or ~/.local/state/forewarn (XDG Base Directory 0.8: a relative one is ignored).
 */
export function userStatePath(user: User): string {
  const { env, home, isRoot, platform } = user;
  const [given = ""] = (env["STATE_DIRECTORY"] ?? "").split(":");
  if (platform === "win32") return defaultStatePath(user);
  if (given !== "") return given;
  if (isRoot) return defaultStatePath(user);
  const state = env["XDG_STATE_HOME"] ?? "";
  return join(isAbsolute(state) ? state : join(home, ".local", "state"), "forewarn");
}

function programData({ env }: Platform): string {
  return win32.join(env["ProgramData"] ?? "C:\\ProgramData", "forewarn");
}
