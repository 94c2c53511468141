import type { Agent } from "@forewarn/agent";
import type { Logger } from "@forewarn/sdk";
import type { Problem } from "../../config/problems/problem.ts";
import type { Settings } from "../../config/settings.ts";
import type { Service } from "../../service/service.ts";

/**
 * What SIGHUP does: reads the configuration again, and where it is valid hands it to the agent. Where it is not, the one
 * before stays in use. One at a time; a signal that comes meanwhile asks for another one afterwards.
 */
export function reloading(options: {
  readonly agent: Pick<Agent, "reload">;
  readonly log: Logger;
  readonly service: Pick<Service, "reloading" | "reloaded">;
  readonly read: () => Promise<Settings | readonly Problem[]>;
  /** Told of the settings before they are used. */
  readonly adopt: (settings: Settings) => void;
}): () => void {
  const { agent, log, service, read, adopt } = options;
  let running = false;
  let again = false;

  /** The names of the sinks that there are now; undefined where they are those of before. */
  async function reload(): Promise<readonly string[] | undefined> {
    const settings = await read();
    if (!("sinks" in settings)) {
      for (const { file, line, column, code, message, suggestion } of settings) {
        const place = line === undefined ? file : `${file}:${line}:${column}`;
        log.error(`${place}: ${message}`, { code, ...(suggestion && { help: suggestion }) });
      }
      log.error("the configuration is wrong: the one before stays in use");
      return undefined;
    }
    adopt(settings);
    const { started, stopped, unchanged, ignored } = await agent.reload(settings);
    const parts = [
      `${unchanged.length} ${unchanged.length === 1 ? "sink" : "sinks"} unchanged`,
      ...(started.length === 0 ? [] : [`begun: ${started.join(", ")}`]),
      ...(stopped.length === 0 ? [] : [`ended: ${stopped.map(({ sink }) => sink).join(", ")}`]),
    ];
    log.info(`read the configuration again: ${parts.join("; ")}`, { config: settings.file });
    if (ignored.length > 0)
      log.warn(`what changed in ${ignored.join(", ")} takes effect with the next start`, {
        sections: ignored,
      });
    return settings.sinks.map(({ name }) => name);
  }

  async function reloads(): Promise<void> {
    running = true;
    service.reloading();
    let sinks: readonly string[] | undefined;
    do {
      again = false;
      try {
        sinks = (await reload()) ?? sinks;
      } catch (error) {
        log.error(`the configuration could not be read again: ${(error as Error).message}`);
      }
    } while (again);
    running = false;
    service.reloaded(sinks);
  }

  return () => {
    if (running) again = true;
    else void reloads();
  };
}
