import { MisconfiguredError, checkAll } from "@forewarn/sdk";
import { parseConnectionString } from "./connection-string.ts";
import type { EventHubsOptions } from "./options.ts";

/** Where events go and how the agent proves who it is. */
export interface Destination {
  /** The namespace's host name, with a port where one is given. */
  readonly host: string;
  readonly eventHub: string;
  readonly access: Access;
  /** What must appear in no message. */
  readonly secrets: readonly string[];
}

/** By a key, or by an identity of Microsoft Entra ID. */
export type Access =
  | {
      readonly kind: "connection-string";
      /** As the SDK reads it, without an EntityPath. */
      readonly connectionString: string;
      /** The shared access policy; absent where the connection string holds a signature instead of a key. */
      readonly keyName?: string;
      /** Whether the connection is plain TCP. */
      readonly isEmulator: boolean;
    }
  | { readonly kind: "managed-identity" | "azure-identity"; readonly clientId?: string };

/** What the options mean; throws a `MisconfiguredError` that names the option and the cure. */
export function destinationOf(options: EventHubsOptions): Destination {
  const { connectionString, namespace, auth, clientId, eventHub } = options;
  if (connectionString !== undefined) {
    checkAll([
      ...contradictions(options).map((error) => () => {
        throw error;
      }),
      () => void byKey(eventHub, connectionString),
    ]);
    return byKey(eventHub, connectionString);
  }
  if (auth === "connection-string") {
    throw wrong("auth", "connection-string needs the option connectionString instead of namespace");
  }
  if (namespace === undefined) {
    throw wrong(
      "namespace",
      "is missing: name the namespace, such as contoso.servicebus.windows.net, to use a managed identity, or give connectionString",
    );
  }
  const access = {
    kind: auth ?? "managed-identity",
    ...(clientId === undefined ? {} : { clientId }),
  } as const;
  return { host: checkedHost(namespace), eventHub, access, secrets: [] };
}

/** What does not go with a connection string. */
function contradictions({ namespace, auth, clientId }: EventHubsOptions): readonly MisconfiguredError[] {
  return [
    ...(namespace === undefined
      ? []
      : [
          wrong(
            "namespace",
            "excludes connectionString, which names the namespace itself; remove one of the two",
          ),
        ]),
    ...(auth === undefined || auth === "connection-string"
      ? []
      : [wrong("auth", `${auth} needs the option namespace instead of connectionString`)]),
    ...(clientId === undefined
      ? []
      : [wrong("clientId", "names a managed identity and means nothing with connectionString; remove it")]),
  ];
}

function byKey(eventHub: string, text: string): Destination {
  const { host, keyName, entityPath, isEmulator, secrets, canonical } = parseConnectionString(text);
  if (entityPath !== undefined && entityPath.toLowerCase() !== eventHub.toLowerCase()) {
    throw new MisconfiguredError(
      `option eventHub: ${JSON.stringify(eventHub)} is not the EntityPath of the option connectionString, ${JSON.stringify(entityPath)}; give both the same name, or take the connection string of the namespace`,
    );
  }
  return {
    host,
    eventHub,
    access: {
      kind: "connection-string",
      connectionString: canonical,
      isEmulator,
      ...(keyName === undefined ? {} : { keyName }),
    },
    secrets: [text, canonical, ...secrets],
  };
}

function checkedHost(namespace: string): string {
  const bare = namespace.replace(/^[a-z]+:\/\//i, "").replace(/\/.*$/s, "");
  if (bare !== namespace) {
    throw wrong("namespace", `takes a host name only, without scheme and path: ${JSON.stringify(bare)}`);
  }
  if (!/^[A-Za-z0-9.-]+(?::\d{1,5})?$/.test(namespace)) {
    throw wrong("namespace", "must be a host name such as contoso.servicebus.windows.net");
  }
  if (!/[.:]/.test(namespace) && namespace !== "localhost") {
    throw wrong(
      "namespace",
      `must be the whole host name: ${JSON.stringify(`${namespace}.servicebus.windows.net`)}`,
    );
  }
  return namespace;
}

function wrong(option: string, what: string): MisconfiguredError {
  return new MisconfiguredError(`option ${option}: ${what}`);
}
