import type { EventHubsEmulator } from "../emulator-api.ts";

/** The help of the program. */
export function helpText(program: string): string {
  return `${program}: an Event Hubs namespace on this machine, for tests and demos.
It is part of Forewarn and not Microsoft's. Nothing is kept on disk.

  ${program} [options]

  --host ADDRESS          where to listen; default 127.0.0.1
  --port PORT             default 5672; 0 picks a free one
  --ws-port PORT          a second port, such as 443 for clients over WebSockets
  --hub NAME:PARTITIONS   a hub, repeatable; default hub:4
  --key NAME:VALUE:RIGHTS a shared access key, repeatable; RIGHTS of send,listen,manage, default all;
                          default RootManageSharedAccessKey:SAS_KEY_VALUE
  --tls-key FILE          with --tls-cert: also take TLS, on the same ports
  --tls-cert FILE         PEM files
  --control-port PORT     HTTP API on 127.0.0.1 to inject faults, read events, change hubs and keys
  --print                 print each event as one line of JSON on stdout
  -h, --help              show this help

Each port speaks AMQP 1.0 and AMQP over WebSockets. It has no geo-replication, throughput units, Kafka
protocol, HTTPS publishing, capture, schema registry, checkpoint store, publishers or idempotent producers.
`;
}

/** What is said when it listens. */
export function greeting(emulator: EventHubsEmulator, controlUrl: string | undefined): string {
  const hubs = emulator.hubs.map(({ name, partitionIds }) => `${name} (${partitionIds.length} partitions)`);
  return `Event Hubs emulator (Forewarn's, not Microsoft's): ${hubs.join(", ")}
${emulator.connectionString}
${controlUrl === undefined ? "" : `Control API: ${controlUrl}\n`}Ctrl+C stops.
`;
}
