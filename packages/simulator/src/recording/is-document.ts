/** Whether the body of an answer of this path has the shape that a replay needs; any other is served as it was recorded. */
export function isDocument(path: string, body: unknown): boolean {
  if (!isMap(body)) return false;
  switch (path) {
    case "/metadata/scheduledevents":
      return Number.isFinite(body["DocumentIncarnation"]) && isListOf(body["Events"], isEvent);
    case "/metadata/instance":
      return body["compute"] === undefined || isMap(body["compute"]);
    case "/metadata/versions":
      return isListOf(body["apiVersions"], isText);
    default:
      return true;
  }
}

function isEvent(event: unknown): boolean {
  if (!isMap(event) || !isListOf(event["Resources"], isText)) return false;
  return ["EventId", "EventType", "EventStatus", "NotBefore"].every((name) => isText(event[name]));
}

function isListOf(value: unknown, isElement: (element: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isElement);
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): boolean {
  return typeof value === "string";
}
