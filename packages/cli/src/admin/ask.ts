import { realpathSync } from "node:fs";
import type { AgentStatus } from "@forewarn/agent";
import { oneLine } from "@forewarn/sdk";

const patienceMs = 5000;

/** Why an agent could not be asked, in words. */
export class AskError extends Error {
  override readonly name = "AskError";
  /** What to do, where that is known. */
  readonly cure: string | undefined;

  constructor(message: string, cure?: string) {
    super(message);
    this.cure = cure;
  }
}

/**
 * The status of the agent that answers at a URL. Throws `AskError` where none does, or where it is another one than that
 * of a state directory (absolute; null: any agent is meant).
 */
export async function askStatus(url: string, statePath: string | null = null): Promise<AgentStatus> {
  const status = await anyStatus(url);
  const { directory } = status.outbox;
  if (statePath === null || isSame(directory, statePath)) return status;
  throw new AskError(
    `the agent that answers at ${url} is another one: it keeps its state in ${oneLine(directory)}, the one that is meant in ${statePath}`,
    `give each agent an admin.listen of its own; forewarn status --admin ${url} shows that one`,
  );
}

/** Whether two paths lead to one directory, as far as this user may see. */
function isSame(one: string, other: string): boolean {
  return one === other || whereabouts(one) === whereabouts(other);
}

function whereabouts(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

async function anyStatus(url: string): Promise<AgentStatus> {
  const response = await get(`${url}/api/v1/status`, AbortSignal.timeout(patienceMs));
  try {
    const status = (await response.json()) as AgentStatus;
    const isOurs = Array.isArray(status.sinks) && typeof status.outbox.directory === "string";
    if (isOurs && typeof status.healthy === "boolean") return status;
  } catch {
    // Said below.
  }
  throw new AskError(`what answers at ${url} is no forewarn agent`);
}

/** Asks, and throws `AskError` where nobody answers or the answer is another one than 200. */
export async function get(url: string, signal: AbortSignal): Promise<Response> {
  const { origin } = new URL(url);
  let response: Response;
  try {
    response = await fetch(url, { signal, redirect: "manual" });
  } catch (error) {
    throw new AskError(`no agent answers at ${origin}: ${reasonOf(error)}`);
  }
  if (response.status === 200) return response;
  const said = (await response.text().catch(() => "")).split("\n", 1)[0]?.slice(0, 200) ?? "";
  throw new AskError(`${origin} answers ${response.status}: ${said}`);
}

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nobody listens there",
  ENOTFOUND: "the name is not known",
  EAI_AGAIN: "the name cannot be looked up",
  ECONNRESET: "the connection was reset",
  EHOSTUNREACH: "there is no way there",
};

function reasonOf(error: unknown): string {
  const { name, message, cause } = error as Error;
  if (name === "TimeoutError") return `nothing came within ${patienceMs / 1000} s`;
  const { code = "", message: why = message } = (cause ?? {}) as { code?: string; message?: string };
  return words[code] ?? why;
}
