import { cutText, oneLine } from "@forewarn/sdk";

/** One error as far as it is understood, without its wrappings. */
export interface LeafError {
  /** The SDK's name of it, an AMQP condition, or Node's code. */
  readonly code: string | undefined;
  readonly message: string;
  readonly error: unknown;
}

/**
 * The errors in an error: those of an `AggregateError`, which the SDK and Node nest, in depth, and of a WebSocket's error
 * event. Never empty.
 */
export function leavesOf(error: unknown): readonly LeafError[] {
  const fields = Object(error) as Readonly<Record<string, unknown>>;
  const { errors, error: inner, code, condition } = fields;
  if (Array.isArray(errors) && errors.length > 0) return errors.flatMap(leavesOf);
  if (inner instanceof Error) return leavesOf(inner);
  const named = [code, condition].find((name) => typeof name === "string");
  return [{ code: named as string | undefined, message: wordsOf(fields, error), error }];
}

function wordsOf(fields: Readonly<Record<string, unknown>>, error: unknown): string {
  const words = [fields["message"], fields["description"], fields["condition"], fields["name"]];
  const said = words.find((text): text is string => typeof text === "string" && text.trim() !== "");
  return said ?? (error === undefined || error === null ? "no reason was given" : String(error));
}

/** A text on one line, without what might be a secret, and no longer than 500 characters. */
export function cleaned(text: string, secrets: readonly string[]): string {
  const known = secrets
    .flatMap((secret) => [secret, encodeURIComponent(secret)])
    .toSorted((a, b) => b.length - a.length)
    .reduce((clean, secret) => clean.replaceAll(secret, "[redacted]"), text);
  const clean = known
    .replace(/SharedAccessSignature\s+sr=\S+/gi, "SharedAccessSignature [redacted]")
    .replace(/(SharedAccess(?:Key|Signature)=)[^;\s"]+/gi, "$1[redacted]")
    .replace(/\bey[\w-]{8,}\.[\w-]+\.[\w-]*/g, "[redacted]")
    .replace(/(\/\/)[^/@\s]+@/g, "$1[redacted]@");
  return cutText(oneLine(clean), 500);
}
