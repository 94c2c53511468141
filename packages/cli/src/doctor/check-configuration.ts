import { warningText } from "../config/problems/warning.ts";
import { about, type Finding } from "./finding.ts";
import type { Patient } from "./patient.ts";

const { ok, note, fail } = about("configuration");

/** Whether there is a configuration, and whether it is right. */
export function* checkConfiguration({ settings, problems }: Patient): Iterable<Finding> {
  if (settings !== null) {
    yield ok(`${settings.file} is valid`);
    for (const warning of settings.warnings) yield note(warningText(warning));
  } else if (problems.length === 0) {
    yield note("There is no configuration, so that nothing is known of sinks", "forewarn init");
  } else {
    const many = problems.length;
    yield fail(
      `The configuration has ${many === 1 ? "1 problem" : `${many} problems`}: ${problems[0]?.message}`,
      "forewarn validate shows each with its place and its cure",
    );
  }
}
