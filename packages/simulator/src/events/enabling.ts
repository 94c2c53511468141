/** How Scheduled Events are switched on and off for a placement group, in seconds before the time scale. */
export interface EnablingOptions {
  /** How long answers take while the first request switches the service on. Default 120 (Azure docs: up to 2 min). */
  readonly firstCall?: number;
  /** After how long the document shows events. Default 300 (Azure docs: within 5 min). */
  readonly eventsAfter?: number;
  /** After how long without a request the service is switched off. Default 86400 (Azure docs: 24 h). */
  readonly offAfter?: number;
}

/** What a request finds. */
export interface Asked {
  /** Whether this request switched the service on. */
  readonly switchedOn: boolean;
  /** Milliseconds until its answer may be made: 0 unless the service is being switched on. */
  readonly wait: number;
}

/** Whether Scheduled Events are on, which requests decide. */
export interface Enabling {
  /** Notes a request. */
  asked(): Asked;
  /** Whether the document shows its events yet. */
  readonly showsEvents: boolean;
  /** Switches the service off, as a day without requests does; throws a RangeError where it is always on. */
  switchOff(): void;
}

/** On from the start and for ever: what a simulator is unless it was asked to be like Azure. */
export const alwaysOn: Enabling = {
  asked: () => ({ switchedOn: false, wait: 0 }),
  showsEvents: true,
  switchOff() {
    throw new RangeError("Scheduled Events are always on here: start the simulator with enabling.");
  },
};

/** Off until the first request. */
export function createEnabling(options: EnablingOptions, timeScale: number, now: () => number): Enabling {
  const scaled = (seconds: number) => (seconds * 1000) / timeScale;
  const firstCall = scaled(options.firstCall ?? 120);
  const eventsAfter = scaled(options.eventsAfter ?? 300);
  const offAfter = scaled(options.offAfter ?? 86_400);
  let onSince: number | undefined;
  let lastAsked = 0;
  return {
    asked() {
      const at = now();
      const switchedOn = onSince === undefined || at - lastAsked > offAfter;
      if (switchedOn) onSince = at;
      lastAsked = at;
      return { switchedOn, wait: Math.max(0, (onSince ?? at) + firstCall - at) };
    },
    get showsEvents() {
      return onSince !== undefined && now() - onSince >= eventsAfter;
    },
    switchOff() {
      onSince = undefined;
    },
  };
}
