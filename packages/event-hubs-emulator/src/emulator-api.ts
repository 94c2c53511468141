import type { AcceptToken } from "./access/put-token.ts";
import type { AccessKey } from "./access/key-ring.ts";
import type { IdleLimits } from "./amqp/idle.ts";
import type { ServiceError } from "./amqp/service-error.ts";
import type { Hub, HubOptions } from "./broker/hub.ts";
import type { ReceivedEvent } from "./broker/received-event.ts";
import type { Retention } from "./broker/retention.ts";
import type { Faults } from "./faults/fault-list.ts";

/** How to start an emulator; everything has a default. */
export interface EventHubsEmulatorOptions {
  /** The address to listen on. Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: any free port. It speaks AMQP and AMQP over WebSockets, and both over TLS if `tls` is given. */
  readonly port?: number;
  /** A second port that speaks the same, such as 443 for clients over WebSockets that cannot be told another. */
  readonly webSocketPort?: number;
  /** PEM texts. With it every port also takes TLS, on the same number: the first byte tells. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** By name. Default: one hub named `hub` with 4 partitions. */
  readonly hubs?: Readonly<Record<string, HubOptions>>;
  /** Shared access keys by name. Default: `RootManageSharedAccessKey` with the value `SAS_KEY_VALUE` and all rights. */
  readonly keys?: Readonly<Record<string, Partial<AccessKey>>>;
  /**
   * Decides over tokens of type `jwt` whose `exp`, if they have one, is not over: rights, or undefined to refuse. Asked again
   * whenever a link attaches. Default: all rights if the audience is `https://eventhubs.azure.net`. No signature is verified.
   */
  readonly acceptToken?: AcceptToken;
  /** The largest batch, in bytes, that a link takes. Default 1048576, that of Azure's Standard tier. */
  readonly maxMessageSize?: number;
  /** Default: the latest 10,000 events and 32 MiB of each partition. */
  readonly retention?: Partial<Retention>;
  /** When unused connections and links end. Default, as Azure does: 5 and 30 minutes. */
  readonly idle?: Partial<IdleLimits>;
  /** Called with each event when it was stored. */
  readonly onEvent?: (event: ReceivedEvent) => void;
}

/** Which connection string is wanted. */
export interface ConnectionStringOptions {
  /** Name of a key. Default: the first one. */
  readonly keyName?: string;
  /** Adds `EntityPath`. */
  readonly hub?: string;
  /** Without `UseDevelopmentEmulator`, so that clients use TLS. */
  readonly tls?: boolean;
}

/** Which open links are meant. */
export interface LinkFilter {
  readonly hub?: string;
  /** The client's role. */
  readonly role?: "sender" | "receiver";
}

/** A running emulator of an Event Hubs namespace; `await using` closes it. Hub names are compared without case. */
export interface EventHubsEmulator extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** The second port, if one was asked for. */
  readonly webSocketPort: number | undefined;
  /** `Endpoint=sb://127.0.0.1:5672;SharedAccessKeyName=…;SharedAccessKey=…;UseDevelopmentEmulator=true`, with the first key. */
  readonly connectionString: string;
  /** Another connection string; throws a RangeError on an unknown key. */
  connectionStringFor(options: ConnectionStringOptions): string;

  readonly hubs: readonly Hub[];
  /** Throws a RangeError on an unknown name. */
  hub(name: string): Hub;
  /** Throws a RangeError if it exists or cannot be made. */
  addHub(name: string, options?: HubOptions): Hub;
  /** Forgets a hub with its events and detaches its links with `amqp:not-found`; throws a RangeError on an unknown name. */
  removeHub(name: string): void;

  /**
   * Adds a key, or changes the value or the rights of one. Links that the change leaves without authorization are detached with
   * `amqp:unauthorized-access` at once; Azure lets them live until their token is renewed.
   */
  setKey(name: string, patch: Partial<AccessKey>): void;
  /** Removes a key, like setKey; throws a RangeError on an unknown name. */
  removeKey(name: string): void;

  readonly faults: Faults;
  /** How many connections are open. */
  readonly connections: number;
  /** Detaches links with an error, `amqp:link:detach-forced` by default; returns how many. */
  detachLinks(error?: ServiceError, filter?: LinkFilter): number;
  /** Closes every connection with an error, `amqp:connection:forced` by default; returns how many. */
  closeConnections(error?: ServiceError): number;
  /** Destroys every socket without a word; returns how many. */
  dropConnections(): number;
  /** Closes every connection and port. */
  close(): Promise<void>;
}
