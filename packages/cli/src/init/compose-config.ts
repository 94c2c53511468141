import { escapeReferences } from "../config/document/reference.ts";
import type { EventChoice, SinkKind, Written } from "./sink-kind.ts";

/** What was answered. */
export interface Answers {
  readonly kind: SinkKind;
  readonly written: Written;
  readonly events: EventChoice;
  /** The state directory, where the usual one cannot be meant. */
  readonly statePath?: string;
}

const whens: Readonly<Record<EventChoice, readonly string[]>> = {
  alerts: [
    "# What interrupts this VM: reboots, redeployments, evictions, deletions, longer freezes.",
    "when: { scope: self, types: [io.forewarn.scheduledevent.*], minSeverity: warn }",
  ],
  scheduled: [
    "# All that Azure schedules for this VM, also what it will hardly notice.",
    "when: { scope: self, types: [io.forewarn.scheduledevent.*] }",
  ],
  all: [
    "# Every event: of this VM and its neighbours, of its metadata, of IMDS and of the agent itself.",
    'when: { scope: all, types: ["*"] }',
  ],
};

/** A configuration with comments: one sink, and what is most often changed, commented out with its default. */
export function composeConfig({ kind, written, events, statePath }: Answers): string {
  const state =
    statePath === undefined
      ? ["# state: { path: /var/lib/forewarn, retention: 30d }"]
      : [
          "# This is of one user; a service that runs as root needs no path.",
          `state: { path: ${JSON.stringify(escapeReferences(statePath))} }`,
        ];
  return [
    "# yaml-language-server: $schema=./forewarn.schema.json",
    "# Forewarn tells what Azure is about to do to this VM. `forewarn validate --probe` checks this file,",
    "# `forewarn run` uses it, `forewarn run --simulate --print` tries it without Azure.",
    "",
    "sinks:",
    "  # The name is the sink's identity: what waits for it belongs to it.",
    `  ${kind.type}:`,
    `    type: ${kind.type}`,
    ...whens[events].map((line) => `    ${line}`),
    "    options:",
    ...written.lines.map((line) => `      ${line}`),
    "",
    "# Where events and what is known of them is kept.",
    ...state,
    "",
    "# Status, metrics and live events over HTTP, for this machine only.",
    "# admin: { listen: 127.0.0.1:4690 }",
    "",
    "# Which events may start before their time, such as after a drain: never, user, or { after: [a sink] }.",
    "# approve: never",
    "",
  ].join("\n");
}
