import type { Finding } from "../problems/problem.ts";
import type { JsonSchema, SchemaError } from "../schema/schema-error.ts";
import { listenPattern, pointerPattern, proxyPattern } from "../schema/schema.ts";

const forms: Readonly<Record<string, readonly [name: string, example: string]>> = {
  uri: ["a URL", "write it with its scheme: https://example.com/path"],
  url: ["a URL", "write it with its scheme: https://example.com/path"],
  hostname: ["a host name", "write it without scheme and port: example.com"],
  email: ["an e-mail address", "write name@example.com"],
  ipv4: ["an IPv4 address", "write 10.0.0.1"],
  ipv6: ["an IPv6 address", "write 2001:db8::1"],
  uuid: ["a UUID", "write 00000000-0000-0000-0000-000000000000"],
  "date-time": ["a time", "write 2026-01-31T12:00:00Z"],
};

/** A text that has not the form asked for: a format, or a pattern. */
export function badForm(name: string, error: SchemaError, shown: string): Finding {
  const { pattern } = error.params;
  if (pattern === "^https?://") {
    const message = `${name} must be an HTTP URL, but is ${shown}`;
    return { code: "CONFIG_BAD_VALUE", message, suggestion: "write it with its scheme: http://host:port" };
  }
  if (pattern === proxyPattern) {
    const message = `${name} must be the URL of an HTTP proxy, or off, but is ${shown}`;
    return { code: "CONFIG_BAD_VALUE", message, suggestion: "write http://HOST:PORT, or off" };
  }
  if (pattern === listenPattern) {
    const message = `${name} must be an address and a port, but is ${shown}`;
    return { code: "CONFIG_BAD_VALUE", message, suggestion: "write 127.0.0.1:4690" };
  }
  if (pattern === pointerPattern) {
    const message = `${name} must be a JSON Pointer, but is ${shown}`;
    return { code: "CONFIG_BAD_VALUE", message, suggestion: "write /compute/osProfile/adminUsername" };
  }
  const form = forms[String(error.params["format"])];
  const wanted =
    form?.[0] ??
    (pattern === undefined
      ? `a ${String(error.params["format"])}`
      : `a text that matches ${String(pattern)}`);
  return {
    code: "CONFIG_BAD_VALUE",
    message: `${name} must be ${wanted}, but is ${shown}`,
    ...(form === undefined ? about(error.parentSchema) : { suggestion: form[1] }),
  };
}

const relations: Readonly<Record<string, string>> = {
  minimum: "at least",
  maximum: "at most",
  exclusiveMinimum: "more than",
  exclusiveMaximum: "less than",
  multipleOf: "a multiple of",
};

/** A number that is too small, too large, or between the steps. */
export function limitOf(name: string, { keyword, params }: SchemaError, shown: string) {
  const rule = `${relations[keyword] ?? keyword} ${String(params["limit"] ?? params["multipleOf"])}`;
  return {
    message: `${name} must be ${rule}, but is ${shown}`,
    suggestion: `write a number that is ${rule}`,
  };
}

/** What an error that is about a number of characters, entries or keys asks for, to follow the value's name. */
export function countRule({ keyword, params, message }: SchemaError): string {
  const limit = Number(params["limit"]);
  const many = (one: string, more: string) => `${limit} ${limit === 1 ? one : more}`;
  if (keyword === "minLength")
    return limit === 1 ? "must not be empty" : `must have at least ${limit} characters`;
  if (keyword === "maxLength") return `must have at most ${many("character", "characters")}`;
  if (keyword === "minItems") return `must have at least ${many("entry", "entries")}`;
  if (keyword === "maxItems") return `must have at most ${many("entry", "entries")}`;
  if (keyword === "minProperties") return `must have at least ${many("key", "keys")}`;
  if (keyword === "maxProperties") return `must have at most ${many("key", "keys")}`;
  return keyword === "uniqueItems" ? "must not hold an entry twice" : (message ?? "is not allowed");
}

/** The description of a value as a suggestion. */
export function about(schema: JsonSchema | undefined): Pick<Finding, "suggestion"> {
  return schema?.description === undefined ? {} : { suggestion: schema.description.replace(/\.$/, "") };
}
