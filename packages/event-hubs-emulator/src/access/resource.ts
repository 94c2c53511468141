/** A resource URI taken apart: authority and path segments in lower case, since Azure ignores their case. */
export interface Resource {
  readonly authority: string;
  readonly path: readonly string[];
}

/** Reads `sb://host:port/hub/...`; the scheme does not count (clients write sb, amqps, http or https). Undefined if it is none. */
export function parseResource(uri: string): Resource | undefined {
  const match = /^[a-z][a-z0-9+.-]*:\/\/([^/]+)(\/.*)?$/i.exec(uri);
  if (match?.[1] === undefined) return undefined;
  return { authority: match[1].toLowerCase(), path: pathSegments(match[2] ?? "") };
}

/** The segments of a path or an AMQP address, in lower case. */
export function pathSegments(path: string): readonly string[] {
  return path
    .toLowerCase()
    .split("/")
    .filter((segment) => segment !== "");
}

/** Whether a path is the granted one or lies below it. */
export function covers(granted: readonly string[], wanted: readonly string[]): boolean {
  return granted.length <= wanted.length && granted.every((segment, index) => segment === wanted[index]);
}
