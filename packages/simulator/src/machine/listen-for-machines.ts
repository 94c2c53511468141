import { listen } from "../http/http-server.ts";
import type { HttpServer } from "../http/http-server.ts";
import type { ReceivedRequest } from "../http/request.ts";
import type { Machine } from "./machine.ts";

/** Where the VMs of a simulator are asked. */
export interface Places {
  readonly host: string;
  /** Of the first VM, or of all when they are told apart by source; 0 = any free port. */
  readonly port: number;
  /** Whether one port serves all, and the address a request comes from says which VM asks. */
  readonly bySource: boolean;
  /** Epoch milliseconds. */
  now(): number;
}

/** A machine and what is said about its place. */
export interface PlacedMachine {
  readonly machine: Machine;
  /** Undefined = the port after that of the machine before, or any free one. */
  readonly port: number | undefined;
  readonly sourceAddress: string | undefined;
}

/** Servers that listen for machines. */
export interface Listening {
  /** One for each machine, in their order; the same for all when they are told apart by source. */
  readonly urls: readonly string[];
  /** The address from which each machine is asked; undefined where each has a port of its own. */
  readonly sources: readonly (string | undefined)[];
  close(): Promise<void>;
}

/** Listens for the machines; rejects with a ListenError and leaves nothing open when one place cannot be used. */
export async function listenForMachines(
  machines: readonly PlacedMachine[],
  places: Places,
): Promise<Listening> {
  return places.bySource ? onePort(machines, places) : portEach(machines, places);
}

async function portEach(machines: readonly PlacedMachine[], { host, port, now }: Places): Promise<Listening> {
  const servers: HttpServer[] = [];
  const close = async () => void (await Promise.all(servers.map((server) => server.close())));
  try {
    for (const [index, { machine, port: own }] of machines.entries()) {
      const wanted = own ?? (port === 0 ? 0 : port + index);
      servers.push(await listen(host, wanted, machine.answer, now));
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { urls: servers.map(({ url }) => url), sources: machines.map(() => undefined), close };
}

async function onePort(machines: readonly PlacedMachine[], { host, port, now }: Places): Promise<Listening> {
  const sources = machines.map(({ sourceAddress }, index) => sourceAddress ?? `127.0.0.${index + 2}`);
  const twice = sources.find((source, index) => sources.indexOf(source) !== index);
  if (twice !== undefined)
    throw new RangeError(`Two VMs have the source address ${twice}; each needs its own.`);
  const [first] = machines;
  const asked = ({ remoteAddress }: ReceivedRequest) =>
    machines[sources.indexOf(remoteAddress)] ?? (first as PlacedMachine);
  const server = await listen(
    host,
    port,
    (request, response) => asked(request).machine.answer(request, response),
    now,
  );
  return { urls: machines.map(() => server.url), sources, close: () => server.close() };
}
