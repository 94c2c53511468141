import { MisconfiguredError } from "@forewarn/sdk";

/** The variables of a process. */
export type Environment = Readonly<Record<string, string>>;

/** What a command finds its programs, files and language by; nothing here is a secret. In upper case, as they are compared. */
const usual: ReadonlySet<string> = new Set(
  (
    "PATH HOME USER LOGNAME SHELL TMPDIR LANG LANGUAGE TZ " +
    "SYSTEMROOT SYSTEMDRIVE WINDIR COMSPEC PATHEXT TEMP TMP USERPROFILE APPDATA LOCALAPPDATA PROGRAMDATA PROGRAMFILES"
  ).split(" "),
);

/** Where a service manager gives no PATH. */
const usualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * What every run of a sink finds in its environment: what the options pass on from the agent's own, with `env` laid
 * over. Throws a `MisconfiguredError` where `env` holds what no environment can.
 */
export function environmentOf(
  options: {
    readonly env?: Environment | undefined;
    readonly inheritEnv: boolean | readonly string[];
  },
  own: Readonly<Record<string, string | undefined>> = process.env,
): Environment {
  const { env = {}, inheritEnv } = options;
  for (const [name, value] of Object.entries(env)) check(name, value);
  const passes = (name: string) =>
    inheritEnv === true ||
    usual.has(name.toUpperCase()) ||
    name.startsWith("LC_") ||
    (inheritEnv !== false && inheritEnv.includes(name));
  const inherited = Object.entries(own).filter(([name]) => passes(name) && !isOurs(name));
  return { PATH: usualPath, ...(Object.fromEntries(inherited) as Environment), ...env };
}

/** What belongs to the event: from nowhere else may it come. */
function isOurs(name: string): boolean {
  return name.toUpperCase().startsWith("FOREWARN_");
}

function check(name: string, value: string): void {
  const where = `option env: ${JSON.stringify(name)}`;
  if (isOurs(name)) {
    throw new MisconfiguredError(`${where} cannot be set, since names with FOREWARN_ belong to the event`);
  }
  if (name === "" || /[=\0]/.test(name)) {
    throw new MisconfiguredError(`${where} is no name of a variable; write letters, digits and _`);
  }
  if (value.includes("\0")) {
    throw new MisconfiguredError(`${where} has a value with a NUL character, which no environment can carry`);
  }
}
