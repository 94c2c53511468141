import { MisconfiguredError } from "./errors.ts";

/**
 * Runs every check, so that a person hears of all that is wrong at once: throws what the one that failed threw, or, where
 * several failed, one `MisconfiguredError` whose `cause` is an `AggregateError` of all. For a sink's `check` and `open`.
 */
export function checkAll(checks: readonly (() => void)[]): void {
  const errors = checks.flatMap((check) => {
    try {
      check();
      return [];
    } catch (error) {
      return [error];
    }
  });
  if (errors.length === 1) throw errors[0];
  if (errors.length === 0) return;
  const messages = errors.map((error) => firstLine(error instanceof Error ? error.message : String(error)));
  throw new MisconfiguredError(messages.join("; and "), { cause: new AggregateError(errors) });
}

/** What `check` of a sink threw, one error for each thing that is wrong. */
export function errorsOfCheck(thrown: unknown): readonly unknown[] {
  const { cause } = Object(thrown) as { readonly cause?: unknown };
  const { errors } = Object(cause) as { readonly errors?: unknown };
  return Array.isArray(errors) ? errors.flatMap(errorsOfCheck) : [thrown];
}

/** The lines below show a place. */
function firstLine(message: string): string {
  return message.split("\n", 1)[0] ?? "";
}
