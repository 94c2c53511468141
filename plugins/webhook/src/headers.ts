import { MisconfiguredError, checkAll } from "@forewarn/sdk";

const ownHeaders =
  /^(?:ce-.*|webhook-.*|idempotency-key|content-(?:type|length|encoding)|host|connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|expect|metadata)$/;

/** Throws a `MisconfiguredError` for headers that cannot be sent, or that are not the user's (`taken`, in lower case). */
export function checkHeaders(headers: Readonly<Record<string, string>>, taken: readonly string[]): void {
  const seen = new Set<string>();
  checkAll(
    Object.entries(headers).map(([name, value]) => () => {
      const problem = problemOf(name, value, seen, taken);
      seen.add(name.toLowerCase());
      if (problem !== undefined)
        throw new MisconfiguredError(`option headers: ${JSON.stringify(name)} ${problem}`);
    }),
  );
}

function problemOf(
  name: string,
  value: string,
  seen: ReadonlySet<string>,
  taken: readonly string[],
): string | undefined {
  const lower = name.toLowerCase();
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) return "is no HTTP header name";
  if (ownHeaders.test(lower) || taken.includes(lower))
    return "cannot be set, since Forewarn or HTTP itself sets or forbids it";
  if (seen.has(lower)) return "is given twice";
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value))
    return "has a value with a line break or another character that HTTP forbids";
  return undefined;
}
