import { createProxyFor, environmentProblems } from "@forewarn/agent";
import { about, type Finding } from "./finding.ts";
import { type Patient, realAddress } from "./patient.ts";

const { ok, note, fail } = about("proxy");

const names = ["HTTPS_PROXY", "HTTP_PROXY"] as const;

/** What the proxy variables do: sinks heed them, IMDS is never asked through one; other programs may. */
export function* checkProxy({ io: { env } }: Patient): Iterable<Finding> {
  const set = names.filter((name) => (env[name.toLowerCase()] || env[name]) !== undefined);
  if (set.length === 0) return yield ok("No proxy is set; IMDS is never asked through one");
  const problems = environmentProblems(env);
  for (const { variable, message, suggestion } of problems) yield fail(`${variable} ${message}`, suggestion);
  if (problems.length > 0) return;
  yield ok(`${set.join(" and ")}: sinks use it, IMDS is never asked through it`);
  if (createProxyFor(undefined, env)(`http://${realAddress}`) === undefined) return;
  yield note(
    "Other programs on this VM, such as curl, would ask IMDS through the proxy",
    `NO_PROXY=${realAddress},168.63.129.16`,
  );
}
