import { matchesAny } from "@forewarn/sdk";
import { isMap, type Machine, type Part } from "./machine.ts";

/** Tells whether what stands at a path of names must never be kept or told. */
export type IsSecret = (path: readonly string[]) => boolean;

/** What can hold secrets and is never kept, wherever it stands; in lower case. */
const always: ReadonlySet<string> = new Set(["userdata", "customdata", "publickeys", "encryptionsettings"]);

/** What fields that are not known yet may be named where they hold a secret. */
const suspicious =
  /secret|passw|passphrase|token|credential|(?:access|account|api|private|shared|ssh)[-_]?key|connection[-_]?string|keydata|sasur[il]/i;
const harmless = "disablepasswordauthentication";

/** What no pattern takes away: scheduled events name the VM by it, and receivers keep VMs apart by it. */
const needed: ReadonlySet<string> = new Set(["compute", "compute/name", "compute/vmid"]);

/**
 * The rule of what is secret: user data, custom data, keys and encryption settings always, and what the patterns name,
 * with all below it. A pattern is a JSON Pointer, in any case, in which `*` stands for any characters of one name and
 * `**` for any number of names. The VM's name and vmId always stay.
 */
export function secretRule(patterns: readonly string[]): IsSecret {
  const rules = patterns.map((pattern) => pattern.split("/").slice(1).map(unescape).map(stepOf));
  return (path) =>
    isSecretName(path) ||
    (!needed.has(path.join("/").toLowerCase()) && rules.some((steps) => namesPartOf(steps, path)));
}

/** Without what is secret. */
export function withoutSecrets(map: Machine, isSecret: IsSecret, at: readonly string[] = []): Machine {
  return Object.fromEntries(
    Object.entries(map).flatMap(([name, part]) => {
      const path = [...at, name];
      return isSecret(path) ? [] : [[name, inside(part, isSecret, path)]];
    }),
  );
}

function inside(part: Part, isSecret: IsSecret, path: readonly string[]): Part {
  if (isMap(part)) return withoutSecrets(part, isSecret, path);
  if (!Array.isArray(part)) return part;
  return part.map((element: Part, index) => inside(element, isSecret, [...path, String(index)]));
}

/** The names of tags are people's own; `metadata.tags` chooses among them. */
function isSecretName(path: readonly string[]): boolean {
  const name = (path.at(-1) ?? "").toLowerCase();
  if (path.at(-2) === "tags") return false;
  return always.has(name) || (suspicious.test(name) && name !== harmless);
}

type Step = "**" | ((name: string) => boolean);

function stepOf(token: string): Step {
  return token === "**" ? token : matchesAny([token]);
}

/** Whether the steps lead to the path, or to something that it lies in. */
function namesPartOf([step, ...rest]: readonly Step[], path: readonly string[]): boolean {
  if (step === undefined) return true;
  const [name, ...below] = path;
  if (step === "**")
    return namesPartOf(rest, path) || (name !== undefined && namesPartOf([step, ...rest], below));
  return name !== undefined && step(name) && namesPartOf(rest, below);
}

function unescape(token: string): string {
  return token.replaceAll("~1", "/").replaceAll("~0", "~");
}
