import { discord } from "./discord.ts";
import { opsgenie } from "./opsgenie.ts";
import { pagerduty } from "./pagerduty.ts";
import type { Preset } from "./preset.ts";
import { teams } from "./teams.ts";

/** The services that the webhook sink can speak to, by the value of `preset`. */
export const presets = { teams, pagerduty, opsgenie, discord } as const satisfies Readonly<
  Record<string, Preset>
>;

/** One of {@link presets}. */
export type PresetName = keyof typeof presets;
