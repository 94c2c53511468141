import { type ImdsClient, type ImdsError, isImdsError } from "@forewarn/imds";
import { nearest } from "@forewarn/sdk";

/** What stands right below `/metadata` (Azure docs: IMDS, "Endpoint categories"). */
const roots = [
  "instance",
  "scheduledevents",
  "attested/document",
  "identity/info",
  "loadbalancer",
  "versions",
];

/**
 * What to write instead of a path that IMDS does not have, from what the instance document holds at the last place that
 * exists; undefined where that cannot be known.
 */
export async function pathCure(error: ImdsError, client: ImdsClient): Promise<string | undefined> {
  if (error.code !== "not-found") return undefined;
  const [root = "", ...steps] = error.path.split("/").slice(2);
  if (["compute", "network"].includes(root)) return `write instance/${[root, ...steps].join("/")}`;
  if (root === "instance") return steps.length === 0 ? undefined : placeCure(steps, client);
  if (roots.some((known) => known.startsWith(root))) return undefined;
  const near = nearest(root, roots);
  return near === undefined ? `known are ${roots.join(", ")}` : `did you mean ${near}?`;
}

async function placeCure(steps: readonly string[], client: ImdsClient): Promise<string | undefined> {
  try {
    let value = JSON.parse((await client.get("instance")).body) as unknown;
    let place = "instance";
    for (const step of steps) {
      const names = childrenOf(value);
      if (!names.includes(step)) return sayChildren(place, step, names);
      value = (value as Readonly<Record<string, unknown>>)[step];
      place += `/${step}`;
    }
  } catch (error) {
    if (!isImdsError(error) && !(error instanceof SyntaxError)) throw error;
  }
  return undefined;
}

function childrenOf(value: unknown): readonly string[] {
  return typeof value === "object" && value !== null ? Object.keys(value) : [];
}

function sayChildren(place: string, step: string, names: readonly string[]): string {
  if (names.length === 0) return `${place} is a value or an empty list, nothing is below it`;
  const near = names.find((name) => name.toLowerCase() === step.toLowerCase()) ?? nearest(step, names);
  return near === undefined ? `${place} holds ${names.join(", ")}` : `did you mean ${place}/${near}?`;
}
