import type { ServiceError } from "../amqp/service-error.ts";

/** How often a fault strikes, and whom. */
export interface FaultScope {
  /** How often it strikes. Default 1. */
  readonly times?: number | "always";
  /** Only links to this hub. */
  readonly hub?: string;
  /** Only links to this partition, or batches that would be stored in it. */
  readonly partition?: string;
}

/** What happens to a new TCP connection. */
export type ConnectFault = FaultScope & {
  readonly at: "connect";
  /** `black-hole` accepts it and says nothing; `drop` ends it at once. */
  readonly do: "black-hole" | "drop";
};

/** What happens to a request that puts a token, or that asks for properties. */
export type RequestFault = FaultScope & { readonly at: "put-token" | "management" } & (
    | { readonly do: "hang" }
    | { readonly do: "delay"; readonly ms: number }
    | {
        readonly do: "refuse";
        /** Such as 401, 404, 503. */
        readonly status: number;
        readonly description?: string;
        readonly condition?: string;
      }
  );

/** What happens to a link that a client attaches to a hub. */
export type AttachFault = FaultScope & {
  readonly at: "attach";
  /** The client's role. Default: both. */
  readonly role?: "sender" | "receiver";
} & (
    | ({ readonly do: "refuse" } & ServiceError)
    /** A sender never gets credit, and a receiver never gets an event. */
    | { readonly do: "no-credit" }
    /** A sender gets its first credit, and a receiver its first event, this much later. */
    | { readonly do: "delay"; readonly ms: number }
  );

/** What happens to a batch that a client sends. */
export type SendFault = FaultScope & {
  readonly at: "send";
  /**
   * Whether the batch is stored all the same. Default: no for `reject`, `release` and `modify`; yes for all that leave the
   * sender without an answer, since a sender must be prepared for duplicates there.
   */
  readonly stored?: boolean;
} & (
    | ({ readonly do: "reject" } & ServiceError)
    | { readonly do: "release" }
    | { readonly do: "modify" }
    /** No disposition, ever. */
    | { readonly do: "hang" }
    /** The batch is taken, and answered this much later. */
    | { readonly do: "delay"; readonly ms: number }
    /** The link, or the connection, ends with an error while the batch is in flight. */
    | ({ readonly do: "detach" | "close" } & ServiceError)
    /** The socket is destroyed while the batch is in flight. */
    | { readonly do: "drop" }
  );

/** A fault to inject; plain data, the same in the library and in the control API. */
export type Fault = ConnectFault | RequestFault | AttachFault | SendFault;

/** Where a fault strikes. */
export type FaultPoint = Fault["at"];
