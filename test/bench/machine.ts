import { availableParallelism, cpus, loadavg, release, totalmem } from "node:os";

/** What the figures were measured on; without it they mean nothing. */
export interface Machine {
  readonly date: string;
  readonly node: string;
  readonly cores: number;
  readonly cpu: string;
  readonly system: string;
  readonly memoryGb: number;
  /** The load of one minute when the bench began: how many others wanted the cores. */
  readonly loadBefore: number;
}

/** The machine that this runs on. */
export function describeMachine(): Machine {
  return {
    date: new Date().toISOString(),
    node: process.version,
    cores: availableParallelism(),
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    system: `${process.platform} ${release()} ${process.arch}`,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    loadBefore: loadavg()[0] ?? 0,
  };
}
