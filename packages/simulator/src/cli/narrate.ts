import type { DocumentChange } from "../events/live-document.ts";
import { scenarioSeconds } from "../scenarios/scenario.ts";
import { scenarios } from "../scenarios/scenarios.ts";
import type { SimulatedVm } from "../simulator-api.ts";

/** The help text for a program of that name. */
export function helpText(program: string): string {
  return `Usage: ${program} [options]

Simulates the Azure Instance Metadata Service (IMDS) of one or several VMs.

  --listen HOST:PORT   where to listen (default 127.0.0.1:8169; port 0 picks a free one)
  --scenario NAME      play a scenario of --list, or a file such as ./story.yaml
  --replay FILE        serve the answers of a real VM, which forewarn imds record wrote
  --time-scale N       shorten every wait by N: 60 turns 15 minutes into 15 seconds (default 1)
  --loop               play the scenario again and again
  --name VM            name of the simulated VM (default web-01); repeat it for several VMs, each on the next port
  --by-source          several VMs on one port: the first is asked from 127.0.0.2, the next from 127.0.0.3
  --rate-limit N       answer 429 beyond N requests per second and VM; Azure allows 5
  --enabling           Scheduled Events as on Azure: the first call takes 2 minutes, off after a day without one
  --control-port PORT  an HTTP API on 127.0.0.1 to let things happen by hand (0 picks a free port)
  --list               list the scenarios
  --json               print JSON, one object per line
  -h, --help           show this help

Exit codes: 0 stopped by SIGINT or SIGTERM, 64 wrong usage, 69 cannot listen, 78 a file that cannot be used.
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

/** Where the VMs and the control API are, and commands that work against them. */
export function greeting(vms: readonly SimulatedVm[], controlUrl: string | undefined): string {
  const places = vms.map(({ url, vm, sourceAddress }) => {
    const from = sourceAddress === undefined ? "" : `, asked from ${sourceAddress}`;
    const option = sourceAddress === undefined ? "" : ` --interface ${sourceAddress}`;
    return `Azure IMDS of VM ${vm.name}, simulated: ${url}${from}
  curl -s --noproxy '*'${option} -H Metadata:true '${url}/metadata/scheduledevents?api-version=2020-07-01'
`;
  });
  const control = `Control API: ${controlUrl}
  curl -s --noproxy '*' -d '{"EventType":"Reboot"}' ${controlUrl}/events
`;
  return `${places.join("")}${controlUrl === undefined ? "" : control}`;
}

/** One change of the document as a line: time, incarnation, what happens to which VMs, and why. */
export function changeLine(change: DocumentChange): string {
  const { event, incarnation, at } = change;
  const time = new Date(at).toISOString().slice(11, 19);
  const detail = describe(change);
  return `${time}Z  #${incarnation}  ${event.EventType} ${event.Resources.join(", ")}: ${detail}\n`;
}

function describe({ action, event, at }: DocumentChange): string {
  const started = event.EventStatus === "Started";
  const seconds = Math.max(0, Math.round((Date.parse(event.NotBefore) - at) / 1000));
  const due = started ? "" : `, not before ${event.NotBefore} (in ${seconds} s)`;
  const reason = event.Description === "" ? "" : `. ${event.Description}`;
  switch (action) {
    case "added":
      return started ? `Started without notice${reason}` : `Scheduled${due}${reason}`;
    case "approved":
      return "Started, approved by a client";
    case "started":
      return "Started";
    case "updated":
      return `updated${due}`;
    case "removed":
      return started ? "removed" : "removed, never started";
  }
}

function length(seconds: number): string {
  return seconds < 60 ? `${seconds} s` : `${Number((seconds / 60).toFixed(1))} min`;
}
