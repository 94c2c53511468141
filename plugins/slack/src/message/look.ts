import type { Severity } from "@forewarn/sdk";

/** How a message looks at a glance: an emoji in its title and notification, and the colour of its bar. */
export interface Look {
  readonly emoji: string;
  /** `#rrggbb`. */
  readonly color: string;
}

const ofSeverity: Readonly<Record<Severity, Look>> = {
  error: { emoji: "🔴", color: "#d92d20" },
  warn: { emoji: "🟠", color: "#f79009" },
  info: { emoji: "🔵", color: "#2e90fa" },
};

/** How what ended well looks. */
export const wellLook: Look = { emoji: "✅", color: "#12b76a" };

/** How an end looks of which nobody knows how it went. */
export const openEndLook: Look = { emoji: "⚪", color: "#98a2b3" };

/** How something of a severity looks. */
export function lookOf(severity: Severity): Look {
  return ofSeverity[severity];
}

const names: Readonly<Record<string, Severity>> = { ERROR: "error", WARN: "warn", INFO: "info" };

/** The severity of an event, by its `severitytext`; `info` for one that is not known. */
export function severityOf({ severitytext }: { readonly severitytext: string }): Severity {
  return names[severitytext] ?? "info";
}
