import type { IncomingWebhookDefaultArguments } from "@slack/webhook";

type FetchResponse = Awaited<ReturnType<NonNullable<IncomingWebhookDefaultArguments["fetch"]>>>;

/** Slack answers with a word; whatever says more is not Slack. */
const mostBytes = 64_000;

/**
 * An answer of which nobody gets more than the first 64 kB of its body, and that breaking off does not fail: what the
 * status has said stays said. It does not tell the URL that it came from.
 */
export function bounded(response: Response): FetchResponse {
  const bytes = async () => Buffer.concat(await beginning(response.body));
  const text = async () => new TextDecoder().decode(await bytes(), { stream: true });
  return {
    ok: response.ok,
    status: response.status,
    statusText: response.statusText,
    url: "",
    headers: response.headers,
    arrayBuffer: async () => new Uint8Array(await bytes()).buffer,
    json: async () => JSON.parse(await text()) as unknown,
    text,
  };
}

async function beginning(body: Response["body"]): Promise<readonly Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  let left = mostBytes;
  try {
    for await (const chunk of body ?? []) {
      chunks.push(chunk.subarray(0, left));
      left -= chunk.length;
      if (left <= 0) break;
    }
  } catch {
    // It broke off, or the time was up.
  }
  return chunks;
}
