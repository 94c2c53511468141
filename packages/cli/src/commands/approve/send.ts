import { statSync } from "node:fs";
import { join } from "node:path";
import { type ApprovalWish, createAgent, openArchive, StateError, type WishAnswer } from "@forewarn/agent";
import { type ImdsClient, isImdsError } from "@forewarn/imds";
import type { MetadataRules } from "../../config/place.ts";

/** Who asks Azure: the agent that runs, this command in its place, or this command without a state directory. */
export type Way = "agent" | "alone" | "direct";

/** What came of it, and who asked. */
export interface Sent {
  readonly way: Way;
  readonly answer: WishAnswer | { readonly outcome: "unanswered"; readonly message: string };
}

/** What is to be sent. */
export interface Sending {
  readonly wish: ApprovalWish;
  readonly statePath: string;
  readonly client: Pick<ImdsClient, "startRequests">;
  /** Where the agent of the state directory asks. */
  readonly endpoint: string;
  /** What of the VM that agent may keep and tell. */
  readonly metadata: MetadataRules;
  /** How long a wish is left to whoever keeps the state directory, ms. Default 15 s. */
  readonly turnMs?: number;
}

const patienceMs = 30_000;
/** An agent answers in less. Whoever kept the directory may have been another `forewarn approve`, and be gone. */
const turnMs = 15_000;
const lookEveryMs = 50;

/**
 * Lets an event start. The agent of the state directory must know it, so that the end of the event is told as what it is:
 * where one runs it does it, else this process takes its place for a moment. Throws `StateError`.
 */
export async function send(sending: Sending): Promise<Sent> {
  if (!hasState(sending.statePath)) return sendDirectly(sending);
  const until = performance.now() + patienceMs;
  for (;;) {
    try {
      return await sendAlone(sending);
    } catch (error) {
      if (!(error instanceof StateError) || error.code !== "STATE_LOCKED") throw error;
    }
    const sent = await leaveToAgent(sending, until);
    if (sent !== null) return sent;
  }
}

/** Whether an agent has stored anything there. Throws a `StateError` where this user may not see that: one may be running. */
function hasState(statePath: string): boolean {
  try {
    // A look that opens nothing: whoever closes a descriptor of this file drops SQLite's locks in its process.
    return statSync(join(statePath, "outbox.db"), { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    openArchive(statePath, "write").close();
    throw error;
  }
}

async function sendDirectly({ client, wish }: Sending): Promise<Sent> {
  try {
    await client.startRequests([wish.eventId]);
    return { way: "direct", answer: { outcome: "approved", message: "" } };
  } catch (error) {
    if (!isImdsError(error)) throw error;
    const outcome = error.code === "bad-request" ? "refused" : "failed";
    return { way: "direct", answer: { outcome, message: error.message } };
  }
}

async function sendAlone({ wish, statePath, endpoint, metadata }: Sending): Promise<Sent> {
  const agent = createAgent({ state: { path: statePath }, imds: { endpoint }, metadata, sinks: [] });
  try {
    return { way: "alone", answer: await agent.approve(wish) };
  } finally {
    await agent.stop();
  }
}

/** Null where nobody has looked at the wish in its turn; it is taken back then. */
async function leaveToAgent(sending: Sending, until: number): Promise<Sent | null> {
  const { statePath, wish } = sending;
  using archive = openArchive(statePath, "write");
  const name = archive.wish(wish);
  const isPosting = () => archive.approval(wish.eventId) === "posting";
  const turn = performance.now() + (sending.turnMs ?? turnMs);
  for (;;) {
    const answer = archive.answer(name);
    if (answer !== null) return { way: "agent", answer };
    const now = performance.now();
    if (now > until || (now > turn && !isPosting())) break;
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
  if (!archive.withdraw(name)) {
    const answer = archive.answer(name);
    if (answer !== null) return { way: "agent", answer };
  }
  if (performance.now() <= until) return null;
  const message = isPosting()
    ? "the agent is asking Azure, and goes on until it has an answer"
    : "the agent has not answered within 30 s; the wish is taken back";
  return { way: "agent", answer: { outcome: "unanswered", message } };
}
