import type { ServiceError } from "../amqp/service-error.ts";
import { tracked } from "../amqp/service-error.ts";

/** Azure's limit of readers without an epoch, per partition and consumer group. */
const MAX_READERS = 5;

/** A receiver of one partition and consumer group. */
export interface Reader {
  /** The name that the client gave it. */
  readonly name: string;
  readonly epoch: number | undefined;
  disconnect(error: ServiceError): void;
}

/** The receivers of a hub: among those of one partition and consumer group the highest epoch owns it alone. */
export interface Readers {
  /** Admits a reader, disconnecting those it displaces, or gives the error with which it must be refused. */
  admit(consumerGroup: string, partition: string, reader: Reader): ServiceError | undefined;
  leave(consumerGroup: string, partition: string, reader: Reader): void;
}

/** No readers. */
export function createReaders(): Readers {
  const places = new Map<string, Set<Reader>>();
  const place = (consumerGroup: string, partition: string) => {
    const key = `${consumerGroup.toLowerCase()}/${partition}`;
    const readers = places.get(key) ?? new Set();
    places.set(key, readers);
    return readers;
  };
  return {
    admit(consumerGroup, partition, reader) {
      const readers = place(consumerGroup, partition);
      const refusal = refuse(readers, reader);
      if (refusal !== undefined) return refusal;
      if (reader.epoch !== undefined) {
        const displaced = [...readers];
        readers.clear();
        for (const other of displaced) other.disconnect(stolen(reader, other));
      }
      readers.add(reader);
      return undefined;
    },
    leave: (consumerGroup, partition, reader) => void place(consumerGroup, partition).delete(reader),
  };
}

function refuse(readers: ReadonlySet<Reader>, { name, epoch }: Reader): ServiceError | undefined {
  const owner = [...readers].find((reader) => reader.epoch !== undefined);
  if (owner?.epoch !== undefined && epoch === undefined)
    return linkStolen(
      `At least one receiver for the endpoint is created with epoch of '${owner.epoch}', and so non-epoch receiver is not allowed. Either reconnect with a higher epoch, or make sure all epoch receivers are closed or disconnected.`,
    );
  if (owner?.epoch !== undefined && epoch !== undefined && epoch < owner.epoch)
    return linkStolen(
      `Receiver '${owner.name}' with a higher epoch '${owner.epoch}' already exists. Receiver '${name}' with epoch ${epoch} cannot be created. Make sure you are creating receiver with increasing epoch value to ensure connectivity, or ensure all old epoch receivers are closed or disconnected.`,
    );
  if (epoch === undefined && readers.size >= MAX_READERS) {
    const text = `Exceeded the maximum number of allowed receivers per partition in a consumer group which is ${MAX_READERS}.`;
    return { condition: "amqp:resource-limit-exceeded", description: tracked(text) };
  }
  return undefined;
}

function stolen({ name, epoch }: Reader, other: Reader): ServiceError {
  const current =
    other.epoch === undefined ? `'${other.name}'` : `'${other.name}' with epoch '${other.epoch}'`;
  return linkStolen(
    `New receiver '${name}' with higher epoch of '${epoch}' is created hence current receiver ${current} is getting disconnected. If you are recreating the receiver, make sure a higher epoch is used.`,
  );
}

function linkStolen(text: string): ServiceError {
  return { condition: "amqp:link:stolen", description: tracked(text) };
}
