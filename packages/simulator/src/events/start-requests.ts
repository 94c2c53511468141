/**
 * The EventIds of a `POST /metadata/scheduledevents` body, `{"StartRequests":[{"EventId":"…"}]}`, or undefined when
 * the body is malformed; fields beside these are allowed, since 2017-03-01 clients also send DocumentIncarnation.
 */
export function parseStartRequests(body: string): readonly string[] | undefined {
  const parsed = parseJson(body);
  if (!isRecord(parsed)) return undefined;
  const requests = parsed["StartRequests"];
  if (!Array.isArray(requests) || requests.length === 0) return undefined;
  const ids = requests.map((request: unknown) => (isRecord(request) ? request["EventId"] : undefined));
  return ids.every((id) => typeof id === "string" && id !== "") ? (ids as string[]) : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
