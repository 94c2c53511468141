import { urlOfAddress } from "../admin/address.ts";
import type { Command, Given } from "../command.ts";
import type { Settings } from "../config/settings.ts";
import { examine } from "../doctor/doctor.ts";
import type { Finding } from "../doctor/finding.ts";
import { thisMachine } from "../doctor/machine.ts";
import { type Patient, versionsOf } from "../doctor/patient.ts";
import { findingText, verdictText } from "../doctor/report.ts";
import { exitCode } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { paintFor } from "../log/color.ts";
import { configOption, readGiven } from "./given/configuration.ts";
import { clientOf, endpointOf, endpointOption } from "./given/endpoint.ts";

/** Looks at everything that the agent depends on. */
export const doctor: Command = {
  name: "doctor",
  summary:
    "Looks at all that forewarn depends on here, from the way to IMDS to each sink, with a cure for each.",
  options: { ...configOption, ...endpointOption },
  examples: [
    ["forewarn doctor", "exit 0 where nothing stands in the way, else 1"],
    ["forewarn doctor -c /etc/forewarn/forewarn.yaml", "with the sinks of that file"],
    ["forewarn doctor --json", "the findings as JSON, for programs"],
  ],
  async run({ options }, io) {
    const json = options["json"] === true;
    const paint = paintFor(io.stdout, io.env);
    const findings: Finding[] = [];
    const patient = await patientOf(options, io);
    try {
      for await (const finding of examine(patient)) {
        findings.push(finding);
        // The first answer of Scheduled Events may take two minutes: what is known until then is shown.
        if (!json) io.stdout.write(findingText(finding, paint));
      }
    } finally {
      patient.client.close();
    }
    const good = findings.every(({ mark }) => mark !== "fail");
    io.stdout.write(json ? `${JSON.stringify({ good, findings }, null, 2)}\n` : verdictText(findings));
    return good ? exitCode.ok : exitCode.failed;
  },
};

async function patientOf(options: Given["options"], io: Io): Promise<Patient> {
  const read = await readGiven(options, io);
  const settings = read.ok ? read.settings : null;
  const isMissing =
    !read.ok && options["config"] === undefined && read.problems[0]?.code === "CONFIG_NOT_FOUND";
  const endpoint = await endpointOf(options, io);
  const client = clientOf(endpoint);
  return {
    client,
    versions: versionsOf(client),
    endpoint: endpoint.url,
    machine: thisMachine(),
    io,
    settings,
    problems: read.ok || isMissing ? [] : read.problems,
    adminUrl: adminUrlOf(settings),
    instance: null,
    stored: null,
  };
}

function adminUrlOf(settings: Settings | null): string | null {
  const admin = settings?.admin ?? false;
  return admin === false || admin.port === 0 ? null : urlOfAddress(admin);
}
