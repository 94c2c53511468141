import type { Command } from "./command.ts";
import { approve } from "./commands/approve/approve.ts";
import { createCompletion } from "./commands/completion.ts";
import { deadLetters } from "./commands/dead-letters.ts";
import { doctor } from "./commands/doctor.ts";
import { events } from "./commands/events/events.ts";
import { explain } from "./commands/explain.ts";
import { history } from "./commands/history.ts";
import { imds } from "./commands/imds/imds.ts";
import { init } from "./commands/init.ts";
import { run } from "./commands/run/run.ts";
import { schema } from "./commands/schema.ts";
import { simulate } from "./commands/simulate.ts";
import { sinks } from "./commands/sinks.ts";
import { status } from "./commands/status.ts";
import { tap } from "./commands/tap.ts";
import { testSink } from "./commands/test-sink.ts";
import { validate } from "./commands/validate/validate.ts";

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  run,
  validate,
  testSink,
  doctor,
  status,
  tap,
  history,
  deadLetters,
  events,
  approve,
  imds,
  simulate,
  init,
  schema,
  sinks,
  explain,
  createCompletion(() => commands),
];
