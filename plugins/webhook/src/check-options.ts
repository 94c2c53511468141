import { MisconfiguredError, checkAll } from "@forewarn/sdk";
import { checkHeaders } from "./headers.ts";
import type { Preset } from "./presets/preset.ts";
import { presets } from "./presets/presets.ts";
import { parseSecret } from "./signature.ts";
import type { WebhookOptions } from "./webhook-options.ts";

/** Options that mean something only beside another one. */
const needs: readonly (readonly [keyof WebhookOptions, keyof WebhookOptions])[] = [
  ["previousSecret", "secret"],
  ["origin", "handshake"],
  ["requestRate", "handshake"],
  ["contentType", "body"],
];

/** What a preset takes the place of. */
const notWithPreset = ["body", "handshake", "secret"] as const;

/** Throws a `MisconfiguredError` that begins with `option NAME: ` where options that are valid each cannot work together. */
export function checkOptions(options: WebhookOptions): void {
  checkAll([
    ...needs.map(([option, other]) => () => {
      if (isSet(options[option]) && !isSet(options[other]))
        refuse(option, `means nothing without the option ${other}`);
    }),
    () => checkPreset(options),
    () => {
      if (options.body !== undefined && options.mode !== "structured" && options.preset === undefined)
        refuse(
          "body",
          `cannot go with mode: ${options.mode}, which has a body of its own; remove one of them`,
        );
    },
    () => checkUrl(urlOf(options)),
    () => checkHeaders(options.headers ?? {}, options.preset === "opsgenie" ? ["authorization"] : []),
    ...(["secret", "previousSecret"] as const).map((option) => () => {
      const secret = options[option];
      if (secret !== undefined) parseSecret(option, secret);
    }),
  ]);
}

/** Where requests go: the option `url`, else the preset's own; an empty text where there is neither. */
export function urlOf({ url, preset }: Pick<WebhookOptions, "url" | "preset">): string {
  const known: Preset | undefined = preset === undefined ? undefined : presets[preset];
  return url ?? known?.url ?? "";
}

function checkPreset(options: WebhookOptions): void {
  const { preset, mode } = options;
  const key = preset === undefined ? undefined : (presets[preset] as Preset).key;
  const keys = (["routingKey", "apiKey"] as const).map((option) => () => {
    const owner = option === "routingKey" ? "pagerduty" : "opsgenie";
    if (option === key && options[option] === undefined)
      refuse(option, `is missing: preset: ${preset} needs it; give it by reference, such as "\${env:NAME}"`);
    if (option !== key && options[option] !== undefined)
      refuse(option, `means nothing without preset: ${owner}`);
  });
  if (preset === undefined) return checkAll(keys);
  const others = notWithPreset.map((option) => () => {
    if (isSet(options[option])) refuse(option, `cannot go with preset: ${preset}; remove one of them`);
  });
  checkAll([
    ...keys,
    ...others,
    () => {
      if (mode !== "structured")
        refuse("mode", `cannot be ${mode} with preset: ${preset}; remove one of them`);
    },
  ]);
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== false;
}

function checkUrl(url: string): void {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol))
    return refuse("url", "must be an http or https URL");
  if (parsed.username !== "" || parsed.password !== "")
    refuse("url", "must hold no user and password; use the option headers: authorization");
}

function refuse(option: string, why: string): never {
  throw new MisconfiguredError(`option ${option}: ${why}`);
}
