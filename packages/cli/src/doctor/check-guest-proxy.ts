import { type ImdsError, isImdsError } from "@forewarn/imds";
import { about, type Finding } from "./finding.ts";
import { isReal, type Patient } from "./patient.ts";

const { ok, note, fail, skipped } = about("metadata-security-protocol");

const places: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  linux: "/var/lib/azure-proxy-agent",
  win32: "C:\\WindowsAzure\\ProxyAgent",
};

/** Whether the Metadata Security Protocol decides here who may ask, and whether it lets this program. */
export async function* checkGuestProxy(patient: Patient): AsyncIterable<Finding> {
  const { versions, machine } = patient;
  const place = places[machine.platform];
  const allow = `allow ${machine.program} run by ${machine.user}: https://learn.microsoft.com/azure/virtual-machines/metadata-security-protocol/overview`;
  try {
    await versions.known();
  } catch (error) {
    if (isImdsError(error) && isRefusal(error))
      return yield fail(`This program may not ask IMDS: ${error.message}`, allow);
  }
  if (place === undefined || !isReal(patient))
    return yield skipped("The Metadata Security Protocol has no part in this endpoint");
  if (!machine.exists(place)) return yield ok("The Metadata Security Protocol is not in use");
  if (patient.instance === null)
    return yield note("The Metadata Security Protocol is in use, and may be why IMDS does not answer", allow);
  yield note(
    "The Metadata Security Protocol is in use, and lets this program ask",
    `the service must be allowed as well, should it run as somebody else: ${allow}`,
  );
}

/** The agent of the protocol refuses with an empty body; what says more is something else in IMDS's place. */
function isRefusal({ code, excerpt }: ImdsError): boolean {
  return code === "misdirected" || (code === "forbidden" && (excerpt ?? "").trim() === "");
}
