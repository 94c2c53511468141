import { randomInt } from "node:crypto";
import { type AttestedDocument, isImdsError } from "@forewarn/imds";
import { formatDuration } from "@forewarn/sdk";
import { about, type Finding } from "./finding.ts";
import type { Patient } from "./patient.ts";

const { ok, note, fail, skipped } = about("clock");

/** Clocks that agree this well need no word. */
const unseenMs = 3000;
/** Beyond that the notice that is left, and what was canceled, would be told wrongly. */
const wrongMs = 30_000;

/** How far this machine's clock is from Azure's, by the time in a fresh attested document. */
export async function* checkClock({ client, machine, instance }: Patient): AsyncIterable<Finding> {
  if (instance === null) return yield skipped("The clock cannot be compared with Azure's");
  const attested = await attestedTime(client, machine.now);
  if (attested === null) return yield skipped("Azure's time is not to be had: it attests none here");
  const offset = offsetOf(attested);
  const size = Math.abs(offset);
  if (size <= unseenMs) return yield ok("The clock is Azure's within 3 s");
  const seconds = formatDuration(Math.round(size / 1000) * 1000);
  const text = `The clock is ${seconds} ${offset > 0 ? "ahead of" : "behind"} Azure's`;
  const cure = "synchronize it, on Azure best with the host's: chrony with refclock PHC /dev/ptp_hyperv";
  yield size > wrongMs ? fail(`${text}: the notice that is left is told wrongly`, cure) : note(text, cure);
}

/** A time of Azure's, and when it was asked for and had, all epoch milliseconds. */
interface Attested {
  readonly createdOn: number;
  readonly asked: number;
  readonly answered: number;
}

/** The document was made between question and answer, its time cut to whole seconds. */
function offsetOf({ createdOn, asked, answered }: Attested): number {
  if (createdOn > answered) return answered - createdOn;
  return Math.max(0, asked - createdOn - 1000);
}

/** Null where no time is attested. */
async function attestedTime(client: Patient["client"], now: () => number): Promise<Attested | null> {
  const asked = now();
  try {
    const document = await client.attestedDocument(String(randomInt(1_000_000_000, 10_000_000_000)));
    const answered = now();
    const createdOn = await createdOnOf(document);
    return createdOn === undefined ? null : { createdOn, asked, answered };
  } catch (error) {
    if (isImdsError(error)) return null;
    throw error;
  }
}

async function createdOnOf(document: AttestedDocument): Promise<number | undefined> {
  const { AttestedDocumentError, verifyAttestedDocument } = await import("@forewarn/imds/attested");
  try {
    return (await verifyAttestedDocument(document)).payload.createdOn;
  } catch (error) {
    // A clock that is far off makes every document look expired, and this is not about who signed it.
    if (error instanceof AttestedDocumentError) return error.unverified?.createdOn;
    throw error;
  }
}
