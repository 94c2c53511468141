import { compileJsonTemplate, compileTemplate, MisconfiguredError, type Template } from "@forewarn/sdk";

/** A body for receivers that do not know CloudEvents, ready to be made from events. */
export interface BodyTemplate {
  readonly contentType: string;
  readonly render: Template;
}

/** Type and subtype, then parameters; nothing that could end the header. */
const mediaType = /^([!#$&^\w.+-]+\/[!#$&^\w.+-]+)[ \t]*(?:;[\t\x20-\x7e]*)?$/;

/**
 * Compiles the option `body`: values are escaped for the content type, a map or list is JSON. Throws a
 * `MisconfiguredError` that names the option and says what to write instead.
 */
export function compileBody(body: unknown, contentType = "application/json"): BodyTemplate {
  const type = mediaType.exec(contentType)?.[1]?.toLowerCase() ?? "";
  if (isJson(type)) return { contentType, render: compileJsonTemplate(body, { option: "body" }) };
  const escape = escapes[type];
  if (escape === undefined) {
    throw new MisconfiguredError(
      `option contentType: ${JSON.stringify(contentType)} is nothing that values can be escaped for; write a JSON type such as application/json, ${Object.keys(escapes).join(" or ")}`,
    );
  }
  if (typeof body !== "string")
    throw new MisconfiguredError(
      `option body: must be a text for contentType: ${contentType}; a map or list is JSON`,
    );
  return { contentType, render: compileTemplate(body, { option: "body", escape }) };
}

function isJson(type: string): boolean {
  return type === "application/json" || type === "text/json" || type.endsWith("+json");
}

const escapes: Readonly<Record<string, (text: string) => string>> = {
  "application/x-www-form-urlencoded": (text) => new URLSearchParams({ "": text }).toString().slice(1),
  "text/plain": (text) => text,
};
