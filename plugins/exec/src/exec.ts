import { resolve } from "node:path";
import {
  type Batch,
  PartialDeliveryError,
  Secret,
  type Sink,
  Size,
  Type,
  defineSink,
  formatDuration,
  parseSize,
} from "@forewarn/sdk";
import { commandOf, found } from "./command.ts";
import { environmentOf } from "./environment.ts";
import { createOutput } from "./output.ts";
import { createConcealer } from "./printable.ts";
import { run } from "./run.ts";
import { startError } from "./start-error.ts";
import { variablesOf } from "./variables.ts";
import { errorOf, lacksProgram } from "./verdict.ts";

const withoutNul = String.raw`^[^\u0000]*$`;

/**
 * Runs a command for each event, one after the other. Its exit code decides; `timeout` beside the options bounds it.
 * Urgency never shortens a run: a drain that is cut off is worse than one that is late.
 */
export const exec = defineSink({
  type: "exec",
  summary: "Runs a command for each event, such as a script that drains a service.",
  options: Type.Object(
    {
      command: Type.Union(
        [
          Type.String({ minLength: 1, pattern: withoutNul }),
          Type.Array(Type.String({ pattern: withoutNul }), { minItems: 1 }),
        ],
        {
          description:
            "The program and its arguments as a list, passed on as they are: `[/usr/local/bin/drain.sh, web]`. A text is one program without arguments. A name without a slash is looked for in PATH, a relative path in `cwd`.",
        },
      ),
      shell: Type.Boolean({
        default: false,
        description:
          "`command` is one text, which `/bin/sh -c` reads (cmd.exe on Windows). Needed for pipes and `&&`, and nothing else.",
      }),
      cwd: Type.Optional(
        Type.String({
          minLength: 1,
          pattern: withoutNul,
          description: "The directory to run it in. Default: the agent's working directory.",
        }),
      ),
      env: Type.Optional(
        Type.Record(Type.String(), Secret(), {
          description:
            "More variables of its environment. The values are secrets and are redacted in the whole log, so pass what is none as an argument, or by `inheritEnv`.",
        }),
      ),
      inheritEnv: Type.Union([Type.Boolean(), Type.Array(Type.String({ minLength: 1 }))], {
        default: false,
        description:
          "The names of variables of the agent's own environment that the command may see, or `true` for all. It always sees PATH, HOME, USER, LOGNAME, SHELL, TMPDIR, TZ, LANG, LANGUAGE and `LC_*`.",
      }),
      maxOutput: Size({
        default: "16kB",
        description:
          "How much of the output of one run is logged, at level info, in at most 200 lines. `0B` = nothing.",
      }),
    },
    { additionalProperties: false },
  ),
  batch: { maxEvents: 1, linger: "0ms" },
  concurrency: 1,
  urgency: "order",
  when: { scope: "self", types: ["io.forewarn.scheduledevent.*"] },
  async open(
    { command: given, shell, cwd: directory = ".", env: secrets = {}, inheritEnv, maxOutput },
    context,
  ) {
    const { name: sink, clock, log } = context;
    const command = commandOf({ command: given, shell });
    const place = { cwd: resolve(directory), env: environmentOf({ env: secrets, inheritEnv }) };
    const conceal = createConcealer(Object.values(secrets));
    const maxBytes = parseSize(maxOutput);
    const closing = new AbortController();
    const runs = new Set<Promise<void>>();

    async function runFor(batch: Batch, index: number, signal: AbortSignal): Promise<void> {
      const [event, input] = [batch.events[index], batch.encoded[index]];
      if (event === undefined || input === undefined) return;
      const fields = { id: event.id, attempt: batch.attempt };
      const output = createOutput({ log, fields, conceal, maxBytes });
      const began = clock.monotonic();
      const runnable = await found(command, place);
      const ending = await run(runnable, {
        ...place,
        env: { ...place.env, ...variablesOf({ event, batch, sink, now: clock.now() }) },
        input: `${input}\n`,
        output,
        signal,
        clock,
        log,
      }).catch(async (error: unknown) => {
        throw await startError(runnable, error);
      });
      const error = errorOf(command.name, ending, output.tail());
      if (lacksProgram(ending)) delete opened.probe;
      if (error !== undefined) throw error;
      log.info(
        `${command.name} ended with exit code 0 after ${formatDuration(clock.monotonic() - began)}`,
        fields,
      );
    }

    async function runForEach(batch: Batch, signal: AbortSignal): Promise<void> {
      for (const index of batch.events.keys()) {
        try {
          await runFor(batch, index, signal);
        } catch (cause) {
          // Its event comes first in the next attempt, where the way it ends decides.
          if (index === 0) throw cause;
          const delivered = Array.from({ length: index }, (_, done) => done);
          throw new PartialDeliveryError(`ran for ${index} of ${batch.events.length} events`, {
            delivered,
            cause,
          });
        }
      }
    }

    async function probe(): Promise<void> {
      await found(command, place);
    }

    const opened: Sink = {
      async deliver(batch, { signal }) {
        // What a run has missed, only a run can find: then there is no probe, and the agent sends the oldest event.
        opened.probe = probe;
        const work = runForEach(batch, AbortSignal.any([signal, closing.signal]));
        runs.add(work);
        await work.finally(() => runs.delete(work));
      },
      probe,
      async close() {
        closing.abort(new Error("the sink was closed"));
        await Promise.allSettled(runs);
      },
    };
    // A command that is missing must show at the start, not when the first event comes.
    await probe();
    return opened;
  },
});
