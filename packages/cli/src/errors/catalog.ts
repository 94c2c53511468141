import type { StateErrorCode } from "@forewarn/agent";
import type { ImdsErrorCode } from "@forewarn/imds";
import type { DeliveryErrorCode } from "@forewarn/sdk";
import { type CodeMeaning, problemCodes } from "../config/problems/problem.ts";
import { warningCodes } from "../config/problems/warning.ts";
import { simulatorCodes } from "./simulator-codes.ts";

/** Codes of one kind. */
export interface ErrorGroup {
  readonly title: string;
  /** Where they are seen, and with which exit code. */
  readonly about: string;
  readonly codes: Readonly<Record<string, CodeMeaning>>;
}

const state: Readonly<Record<StateErrorCode, CodeMeaning>> = {
  STATE_NOT_WRITABLE: {
    means: "The state directory cannot be written. Exit 73.",
    cure: "Make it writable for the user that runs forewarn, or set `state.path` to a directory that is. Without it no event could be kept.",
  },
  STATE_LOCKED: {
    means: "Another agent uses the state directory. Exit 75.",
    cure: "Stop it, or give this one a `state.path` of its own. The lock is the kernel's: nothing has to be removed after a crash.",
  },
  STATE_TOO_NEW: {
    means: "The state directory was written by a newer forewarn. Exit 73.",
    cure: "Install that version, or give this one a `state.path` of its own.",
  },
  STATE_MISSING: {
    means: "There is no outbox in the state directory. Exit 1.",
    cure: "Name the directory of the agent with `--state DIR` or its configuration with `-c FILE`; an agent makes it when it first runs.",
  },
  STATE_NOT_READABLE: {
    means: "The state directory cannot be read. Exit 73.",
    cure: "Ask as the user that it belongs to, or as root.",
  },
  STATE_BUSY: {
    means: "Another process keeps the outbox locked. Exit 75.",
    cure: "Try again in a while; see whether a backup or another tool has the file open.",
  },
  STATE_DAMAGED: {
    means: "The outbox is damaged. Exit 1.",
    cure: "Start the agent: it puts the file aside and goes on with every event whose checksum is right.",
  },
};

const delivery: Readonly<Record<DeliveryErrorCode, CodeMeaning>> = {
  FOREWARN_RETRY: {
    means: "RetryError: the batch should be tried again, like after anything that is none of these.",
    cure: "Nothing: it is tried with growing waits until it arrives. Where that never happens, see whether the destination is up.",
  },
  FOREWARN_REJECT: {
    means: "RejectError: the destination will never take these events. They become dead letters.",
    cure: "`forewarn dead-letters show` tells why; `replay` sends them again once the destination would take them.",
  },
  FOREWARN_MISCONFIGURED: {
    means:
      "MisconfiguredError: the sink cannot work until a person acts. It is paused, and keeps everything.",
    cure: "Correct the option that the message names: address, credentials, certificate. It goes on by itself at the next probe.",
  },
  FOREWARN_PARTIAL_DELIVERY: {
    means: "PartialDeliveryError: some events of the batch arrived. The rest is tried again.",
    cure: "Nothing.",
  },
};

const later = "Nothing, where it passes. `forewarn doctor` finds out what is in the way.";

const imds: Readonly<Record<ImdsErrorCode, CodeMeaning>> = {
  "bad-request": {
    means: "IMDS did not understand the request.",
    cure: "Something between may drop the Metadata header, or the api-version is unknown to it: the message names those that it offers.",
  },
  unauthorized: {
    means: "IMDS wants a credential.",
    cure: "IMDS never does: something else answers at its address.",
  },
  forbidden: {
    means: "IMDS, or a guard before it, refused the request.",
    cure: "Allow this process in the Metadata Security Protocol's allow list, and see that no proxy is in between.",
  },
  "not-found": {
    means: "IMDS does not know the path.",
    cure: "Correct the path. Where Scheduled Events are not found, the VM is none that has them.",
  },
  "method-not-allowed": {
    means: "IMDS does not allow this method.",
    cure: "Something else answers at its address.",
  },
  gone: { means: "IMDS is being updated, for up to 70 seconds.", cure: "Nothing: it is asked again." },
  misdirected: {
    means: "A guest proxy agent does not take the connection as one to IMDS.",
    cure: "See how the Metadata Security Protocol is configured on this VM.",
  },
  throttled: {
    means: "Too many requests: IMDS answers 5 per second for all processes of a VM.",
    cure: "Nothing, where it passes; else ask less often, or find out who else asks.",
  },
  "server-error": { means: "IMDS, or something before it, failed.", cure: later },
  redirected: { means: "IMDS never redirects.", cure: "A captive portal or proxy answers in its place." },
  "unexpected-status": { means: "IMDS answered with a status that it does not have.", cure: later },
  "not-json": {
    means: "The answer is no JSON.",
    cure: "A proxy may answer in its place; Azure's own lapses pass.",
  },
  "wrong-shape": {
    means: "The answer is JSON of another shape.",
    cure: "Nothing is taken from it. Report it if it stays.",
  },
  "too-large": {
    means: "The answer is larger than IMDS gives.",
    cure: "Something else answers at its address.",
  },
  timeout: { means: "IMDS did not answer in time.", cure: later },
  unreachable: {
    means: "No connection could be made.",
    cure: "`forewarn doctor`: not on Azure, a firewall, or a route that leads elsewhere.",
  },
  "connection-lost": { means: "The connection broke before the answer was whole.", cure: later },
  aborted: { means: "The request was given up by who asked.", cure: "Nothing." },
  "invalid-argument": {
    means: "The endpoint, path or another argument cannot be right.",
    cure: "Correct it as the message says.",
  },
};

/** Every code that a person may meet, in groups. */
export const errorCatalog: readonly ErrorGroup[] = [
  {
    title: "The configuration",
    about:
      "Told with their place in the file by every command that reads the configuration; exit 78. `forewarn validate` tells all of them at once.",
    codes: problemCodes,
  },
  {
    title: "Warnings of the configuration",
    about:
      "The configuration can be used. Told by `forewarn validate`, and by `forewarn run` when it starts.",
    codes: warningCodes,
  },
  {
    title: "The state directory",
    about: "Told by every command that opens it.",
    codes: state,
  },
  {
    title: "Delivery",
    about: "By these a sink tells the agent what to do ([writing a sink](writing-a-sink.md)).",
    codes: delivery,
  },
  {
    title: "IMDS",
    about:
      "Told in the log, in `imds.unreachable` events, in the metrics and by `forewarn imds`. None of them ends the agent, and none is taken for an answer.",
    codes: imds,
  },
  {
    title: "Files of the simulator",
    about:
      "Told with their place in the file by `forewarn simulate`, `run --simulate` and `imds-simulator`, all of them at once; exit 78.",
    codes: simulatorCodes,
  },
  {
    title: "Receivers",
    about: "Thrown by the decoders of `@forewarn/sdk`, in the program that receives events.",
    codes: {
      FOREWARN_CLOUDEVENT_INVALID: {
        means: "CloudEventError: what arrived is no CloudEvent 1.0; `attribute` names what is wrong.",
        cure: "Refuse it (HTTP 400): it did not come from Forewarn, or was changed on its way.",
      },
    },
  },
];
