/** The parts of rhea that its typings leave out, in one place. */
import type { Duplex } from "node:stream";
import rhea from "rhea";
import type { Connection, Sender, Typed } from "rhea";

interface RheaTypes {
  readonly Reader: new (buffer: Buffer) => { read(): Typed };
  readonly Writer: new () => { write(value: unknown): void; toBuffer(): Buffer };
  wrap_long(value: number): Typed;
  wrap_int(value: number): Typed;
  wrap_string(value: string): Typed;
  wrap_timestamp(value: number): Typed;
  wrap_ulong(value: number): Typed;
  wrap_symbolic_map(map: Readonly<Record<string, unknown>>): Typed;
  wrap_array(values: readonly unknown[], typecode: number): Typed;
  described(descriptor: Typed, value: Typed): Typed;
}

/** Constructors of typed AMQP values. */
export const amqpTypes = rhea.types as unknown as RheaTypes;

interface ConnectionInternals {
  accept(socket: Duplex): void;
  eof(): void;
  readonly _process: () => void;
  readonly _write_frame: () => void;
}

const internals = (connection: Connection) => connection as unknown as ConnectionInternals;

/** Makes the connection the server's end of a socket. */
export function acceptSocket(connection: Connection, socket: Duplex): void {
  internals(connection).accept(socket);
}

/** Ends the timers of a connection whose socket was destroyed, which rhea does not hear of. */
export function endConnection(connection: Connection): void {
  internals(connection).eof();
}

/** Writes what is pending now instead of in the next tick. */
export function flush(connection: Connection): void {
  const { _process: write } = internals(connection);
  write.call(connection);
}

/** Writes an empty frame, which AMQP allows at any time. */
export function heartbeat(connection: Connection): void {
  const { _write_frame: write } = internals(connection);
  write.call(connection);
}

interface SenderInternals {
  readonly credit: number;
  readonly delivery_count: number;
  readonly session: { readonly outgoing: { available(): number } };
}

/** How many messages the peer allows, how many it was given or forwent so far, and how many more rhea can hold. */
export function flowOf(sender: Sender): {
  readonly credit: number;
  readonly deliveryCount: number;
  readonly available: number;
} {
  const { credit, delivery_count, session } = sender as unknown as SenderInternals;
  return { credit, deliveryCount: delivery_count, available: session.outgoing.available() };
}
