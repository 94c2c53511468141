import { parseArgs } from "node:util";

import type { AccessKey } from "../access/key-ring.ts";
import { allRights } from "../access/right.ts";
import type { Right } from "../access/right.ts";
import type { HubOptions } from "../broker/hub.ts";

/** What the command line asks for. */
export interface EmulatorArguments {
  readonly host: string;
  readonly port: number;
  readonly webSocketPort: number | undefined;
  readonly controlPort: number | undefined;
  readonly hubs: Readonly<Record<string, HubOptions>>;
  readonly keys: Readonly<Record<string, Partial<AccessKey>>>;
  /** Names of PEM files. */
  readonly tls: { readonly key: string; readonly cert: string } | undefined;
  readonly print: boolean;
  readonly help: boolean;
}

const options = {
  host: { type: "string", default: "127.0.0.1" },
  port: { type: "string", default: "5672" },
  "ws-port": { type: "string" },
  "control-port": { type: "string" },
  hub: { type: "string", multiple: true },
  key: { type: "string", multiple: true },
  "tls-key": { type: "string" },
  "tls-cert": { type: "string" },
  print: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

/** A mistake on the command line; its message is one line for the user. */
export interface UsageError extends Error {
  readonly code: "usage";
}

/** Whether the error is a UsageError. */
export function isUsageError(error: unknown): error is UsageError {
  return error instanceof Error && "code" in error && error.code === "usage";
}

/** Reads the arguments after the program's name; throws a UsageError. */
export function parseArguments(argv: readonly string[]): EmulatorArguments {
  const values = parseStrictly(argv);
  const { host, print, help, "tls-key": key, "tls-cert": cert } = values;
  if ((key === undefined) !== (cert === undefined))
    throw usageError("--tls-key and --tls-cert need each other: give both files, or none.");
  return {
    host,
    port: parsePort("--port", values.port),
    webSocketPort: optionalPort("--ws-port", values["ws-port"]),
    controlPort: optionalPort("--control-port", values["control-port"]),
    hubs: Object.fromEntries((values.hub ?? ["hub:4"]).map(parseHub)),
    keys: Object.fromEntries((values.key ?? ["RootManageSharedAccessKey:SAS_KEY_VALUE"]).map(parseKey)),
    tls: key === undefined || cert === undefined ? undefined : { key, cert },
    print,
    help,
  };
}

function parseStrictly(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options }).values;
  } catch (error) {
    const [message = ""] = (error as Error).message.split(/\.?(?: |\n)(?:To specify|Did you)/);
    throw usageError(`${message}. See --help for all options.`);
  }
}

function optionalPort(name: string, value: string | undefined): number | undefined {
  return value === undefined ? undefined : parsePort(name, value);
}

function parsePort(name: string, value: string): number {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : NaN;
  if (port <= 65_535) return port;
  throw usageError(`${name} needs a port number, 0 to 65535, not "${value}".`);
}

function parseHub(value: string): [string, HubOptions] {
  const [, name, partitions = "4"] = /^([^:]+)(?::(\d{1,4}))?$/.exec(value) ?? [];
  if (name === undefined)
    throw usageError(`--hub needs NAME or NAME:PARTITIONS such as vm-events:4, not "${value}".`);
  return [name, { partitions: Number(partitions) }];
}

function parseKey(value: string): [string, Partial<AccessKey>] {
  const [name = "", key = "", rights = allRights.join(","), ...more] = value.split(":");
  const list = rights.split(",");
  if (name === "" || key === "" || more.length > 0 || !list.every(isRight))
    throw usageError(
      "--key needs NAME:VALUE or NAME:VALUE:RIGHTS, with RIGHTS of send,listen,manage, such as sender:c2VjcmV0:send.",
    );
  return [name, { key, rights: list as Right[] }];
}

function isRight(text: string): text is Right {
  return (allRights as readonly string[]).includes(text);
}

function usageError(message: string): UsageError {
  return Object.assign(new Error(message), { code: "usage" as const });
}
