import type { DocumentChange } from "../events/live-document.ts";
import { scenarioSeconds } from "../scenarios/scenario.ts";
import { scenarios } from "../scenarios/scenarios.ts";

/** The help text for a program of that name. */
export function helpText(program: string): string {
  return `Usage: ${program} [options]

Simulates the Azure Instance Metadata Service (IMDS) of one VM.

  --listen HOST:PORT   where to listen (default 127.0.0.1:8169; port 0 picks a free one)
  --scenario NAME      play a scenario of scheduled events; see --list
  --time-scale N       shorten every wait by N: 60 turns 15 minutes into 15 seconds (default 1)
  --loop               play the scenario again and again
  --name VM            name of the simulated VM (default web-01)
  --list               list the scenarios
  --json               print JSON, one object per line
  -h, --help           show this help

Exit codes: 0 stopped by SIGINT or SIGTERM, 64 wrong usage, 69 cannot listen.
`;
}

/** The scenarios as a table, or as one JSON object per line. */
export function listText(json: boolean): string {
  const rows = Object.entries(scenarios).map(([name, scenario]) => ({
    name,
    seconds: scenarioSeconds(scenario),
    summary: scenario.summary,
  }));
  if (json) return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  const width = Math.max(...rows.map(({ name }) => name.length));
  return rows
    .map(
      ({ name, seconds, summary }) => `${name.padEnd(width)}  ${length(seconds).padStart(8)}  ${summary}\n`,
    )
    .join("");
}

/** Where the simulator stands and a command that works against it. */
export function greeting(url: string, vmName: string): string {
  return `Azure IMDS of VM ${vmName}, simulated: ${url}
  curl -s --noproxy '*' -H Metadata:true '${url}/metadata/scheduledevents?api-version=2020-07-01'
`;
}

/** One change of the document as a line: time, incarnation, what happened to which VMs, and why. */
export function changeLine({ action, event, incarnation, at }: DocumentChange): string {
  const time = new Date(at).toISOString().slice(11, 19);
  const notice = Math.max(0, Math.round((Date.parse(event.NotBefore) - at) / 1000));
  const outcome = {
    added:
      event.EventStatus === "Started"
        ? "started without notice"
        : `not before ${event.NotBefore} (${notice} s)`,
    approved: "approved by a client",
    started: "",
    removed: event.EventStatus === "Started" ? "" : "was never started",
    updated: event.NotBefore === "" ? "" : `now not before ${event.NotBefore}`,
  }[action];
  const status = { added: event.EventStatus, approved: "Started", started: "Started" } as const;
  const word = action === "removed" ? "removed" : action === "updated" ? "updated" : status[action];
  const details = [outcome, event.Description].filter((detail) => detail !== "").join("; ");
  return `${time}Z  #${incarnation}  ${event.EventType} ${word}: ${event.Resources.join(", ")}${details && `  ${details}`}\n`;
}

function length(seconds: number): string {
  return seconds < 60 ? `${seconds} s` : `${Number((seconds / 60).toFixed(1))} min`;
}
