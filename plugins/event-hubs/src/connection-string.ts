import { MisconfiguredError } from "@forewarn/sdk";

/** What a connection string of Event Hubs says, checked. */
export interface ConnectionString {
  /** Host name, with a port where one is given. */
  readonly host: string;
  readonly keyName?: string;
  /** The Event Hub it is limited to. */
  readonly entityPath?: string;
  /** Whether it is an emulator's: plain TCP instead of TLS. */
  readonly isEmulator: boolean;
  /** What in it must not be seen: the key or the signature. */
  readonly secrets: readonly string[];
  /** The same without its EntityPath, written as the SDK reads it. */
  readonly canonical: string;
}

const names = [
  "Endpoint",
  "SharedAccessKeyName",
  "SharedAccessKey",
  "SharedAccessSignature",
  "EntityPath",
  "UseDevelopmentEmulator",
] as const;

type Name = (typeof names)[number];

/** Reads a connection string; throws a `MisconfiguredError` that names what is missing and never quotes what is there. */
export function parseConnectionString(text: string): ConnectionString {
  const parts = partsOf(text);
  const { Endpoint: endpoint, SharedAccessKeyName: keyName, SharedAccessKey: key } = parts;
  const { SharedAccessSignature: signature, EntityPath: entityPath } = parts;
  if (endpoint === undefined) throw wrong("it lacks Endpoint=sb://<namespace>.servicebus.windows.net/");
  const host = hostOf(endpoint);
  const isEmulator = parts.UseDevelopmentEmulator?.toLowerCase() === "true";
  if (signature === undefined) {
    const missing = [keyName ?? "SharedAccessKeyName", key ?? "SharedAccessKey"].filter(
      (_, index) => [keyName, key][index] === undefined,
    );
    if (missing.length > 0) throw wrong(`it lacks ${missing.join(" and ")}`);
  } else if (key !== undefined || keyName !== undefined) {
    throw wrong(
      "it must hold either SharedAccessKeyName and SharedAccessKey or SharedAccessSignature, not both",
    );
  }
  const credential =
    signature === undefined
      ? `SharedAccessKeyName=${keyName ?? ""};SharedAccessKey=${key ?? ""}`
      : `SharedAccessSignature=${signature}`;
  return {
    host,
    isEmulator,
    secrets: [key, signature].filter((secret) => secret !== undefined),
    canonical: `Endpoint=sb://${host}/;${credential}${isEmulator ? ";UseDevelopmentEmulator=true" : ""}`,
    ...(keyName === undefined ? {} : { keyName }),
    ...(entityPath === undefined ? {} : { entityPath }),
  };
}

/** The parts by name, in any case; values are kept as they are, since keys end in `=`. */
function partsOf(text: string): Readonly<Partial<Record<Name, string>>> {
  const parts: Partial<Record<Name, string>> = {};
  for (const part of text.split(";").map((part) => part.trim())) {
    if (part === "") continue;
    const at = part.indexOf("=");
    const given = part.slice(0, Math.max(at, 0)).trim().toLowerCase();
    const name = names.find((name) => name.toLowerCase() === given);
    const value = part.slice(at + 1).trim();
    if (at < 1) throw wrong("each of its parts, separated by semicolons, must have the form Name=value");
    if (name !== undefined && value !== "") parts[name] = value;
  }
  return parts;
}

function hostOf(endpoint: string): string {
  const host = /^(?:sb|amqps?):\/\/([A-Za-z0-9.-]+(?::\d{1,5})?)\/?$/i.exec(endpoint)?.[1];
  if (host !== undefined) return host;
  throw wrong(
    "its Endpoint must have the form sb://<host name>/, with a port only where it is not the usual one",
  );
}

function wrong(what: string): MisconfiguredError {
  return new MisconfiguredError(
    `option connectionString: ${what}; copy it from the Azure portal, Event Hubs namespace, Shared access policies`,
  );
}
