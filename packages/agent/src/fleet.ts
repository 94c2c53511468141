import type { ImdsClient } from "@forewarn/imds";
import type { Clock, Logger } from "@forewarn/sdk";
import type { FlushReport } from "./delivery/flush-report.ts";
import { createRedactor } from "./delivery/redact.ts";
import { createSubscription, type StopReport, type Subscription } from "./delivery/subscription.ts";
import type { SharedHttp } from "./http/shared-http.ts";
import { lendTo } from "./lend.ts";
import type { Envelope } from "./outbox/envelope.ts";
import type { Outbox } from "./outbox/outbox.ts";
import { createRoute, type Route } from "./router/router.ts";
import type { AgentSettings } from "./settings.ts";
import type { Telemetry } from "./telemetry.ts";

type Sink = AgentSettings["sinks"][number];

/** What became of each sink, by name, when the configuration was read again. */
export interface FleetChange {
  readonly unchanged: readonly string[];
  /** Begun, or begun again where their settings changed. */
  readonly started: readonly string[];
  /** No longer wanted. */
  readonly stopped: readonly StopReport[];
}

/** The subscriptions of an agent. */
export interface Fleet {
  names(): readonly string[];
  /** What is to be seen of each sink. */
  looks(): readonly Pick<Subscription, "look" | "name">[];
  /** Whether a sink wants an event; null where there is no sink of that name. */
  routeOf(sink: string): Route | null;
  start(): void;
  wake(): void;
  reread(): void;
  /** Each sink gets again what a person has marked for it. */
  replay(): void;
  /** The places of the events that are being sent at this moment. */
  underWay(): readonly number[];
  /** Whether a sink is to get an event, if it has not yet. */
  wants(sink: string, envelope: Envelope): boolean;
  /** Each sink lets go of the places at which it lost an event. */
  evicted(lost: ReadonlyMap<string, readonly number[]>): void;
  idle(): boolean;
  /** Tries everything that is pending once, at once, until `deadline` aborts. */
  flush(deadline: AbortSignal): Promise<readonly FlushReport[]>;
  /**
   * Makes the sinks those that are given: one whose settings are the same goes on undisturbed; the others finish what is
   * under way until `deadline` aborts, and begin again at their places.
   */
  become(sinks: readonly Sink[], deadline: AbortSignal): Promise<FleetChange>;
  stop(deadline: AbortSignal): Promise<readonly StopReport[]>;
  /** The places of what each sink has not got and stands only in memory, by its name. */
  unsaved(): ReadonlyMap<string, readonly number[]>;
}

/** What all subscriptions work with. */
export interface FleetContext {
  readonly clock: Clock;
  readonly outbox: Outbox;
  readonly telemetry: Telemetry;
  readonly log: Logger;
  readonly random: () => number;
  readonly http: SharedHttp;
  readonly imds: Pick<ImdsClient, "token">;
}

/** Makes the subscriptions of these sinks; none runs yet. */
export function createFleet(sinks: readonly Sink[], context: FleetContext): Fleet {
  let members = sinks.map(enlist);
  let running = false;

  function enlist(sink: Sink): { readonly sink: Sink; readonly subscription: Subscription } {
    const subscription = createSubscription(sink, {
      ...context,
      redact: createRedactor(sink.secrets),
      lend: lendTo(sink, context),
    });
    return { sink, subscription };
  }

  const each = (act: (subscription: Subscription) => void) => () => {
    for (const { subscription } of members) act(subscription);
  };

  return {
    names: () => members.map(({ sink }) => sink.name),
    looks: () => members.map(({ subscription }) => subscription),
    routeOf(name) {
      const found = members.find(({ sink }) => sink.name === name);
      return found === undefined ? null : createRoute(name, found.sink.when);
    },
    start() {
      running = true;
      each((subscription) => subscription.start())();
    },
    wake: each((subscription) => subscription.wake()),
    reread: each((subscription) => subscription.reread()),
    replay: each((subscription) => subscription.replay()),
    underWay: () => members.flatMap(({ subscription }) => subscription.underWay()),
    wants: (name, envelope) =>
      members.find(({ sink }) => sink.name === name)?.subscription.wants(envelope) ?? true,
    evicted(lost) {
      for (const { subscription } of members) subscription.evicted(lost.get(subscription.name) ?? []);
    },
    idle: () => members.every(({ subscription }) => subscription.idle()),
    flush: (deadline) => Promise.all(members.map(({ subscription }) => subscription.flush(deadline))),
    async become(wanted, deadline) {
      const stays = new Map(wanted.map((sink) => [sink.name, fingerprintOf(sink)]));
      const same = members.filter(({ sink }) => sameSink(stays.get(sink.name), sink));
      const others = members.filter((member) => !same.includes(member));
      const stopped = await Promise.all(others.map(({ subscription }) => subscription.stop(deadline)));
      const begun: typeof members = [];
      members = wanted.map((sink) => {
        const kept = same.find((member) => member.sink.name === sink.name);
        if (kept !== undefined) return kept;
        const member = enlist(sink);
        begun.push(member);
        return member;
      });
      if (running) for (const { subscription } of begun) subscription.start();
      const started = begun.map(({ sink }) => sink.name);
      return {
        unchanged: same.map(({ sink }) => sink.name),
        started,
        stopped: stopped.filter(({ sink }) => !started.includes(sink)),
      };
    },
    stop: (deadline) => Promise.all(members.map(({ subscription }) => subscription.stop(deadline))),
    unsaved: () => new Map(members.map(({ sink, subscription }) => [sink.name, subscription.unsaved()])),
  };
}

interface Fingerprint {
  readonly definition: unknown;
  readonly text: string;
}

/** Everything that a sink is told; its code counts as changed where it is another definition. */
function fingerprintOf({ definition, ...rest }: Sink): Fingerprint {
  return { definition, text: JSON.stringify(rest) };
}

function sameSink(wanted: Fingerprint | undefined, sink: Sink): boolean {
  const { definition, text } = fingerprintOf(sink);
  return wanted !== undefined && wanted.definition === definition && wanted.text === text;
}
