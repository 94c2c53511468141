import type { AgentStatus } from "@forewarn/agent";

const patienceMs = 5000;

/** Why an agent could not be asked, in words. */
export class AskError extends Error {
  override readonly name = "AskError";
}

/** The status of the agent that answers at a URL; throws `AskError`. */
export async function askStatus(url: string): Promise<AgentStatus> {
  const response = await get(`${url}/api/v1/status`, AbortSignal.timeout(patienceMs));
  try {
    const status = (await response.json()) as AgentStatus;
    if (Array.isArray(status.sinks) && typeof status.healthy === "boolean") return status;
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
