import { deliveryError, describeEvent, type EventFunction } from "@forewarn/sdk";

type Options = { readonly topic: string };

/** Sends each event to your phone, through ntfy. */
const push: EventFunction<Options> = async (event, { options, request, clock, signal }) => {
  const { what, text } = describeEvent(event);
  const headers = { title: what, priority: event.severitytext === "ERROR" ? "urgent" : "default" };
  const answer = await request(options.topic, { method: "POST", headers, body: text, signal });
  const { statusCode: status, headers: answered, body } = answer;
  const retryAfter = answered["retry-after"];
  const error = deliveryError({ status, retryAfter, excerpt: await body.text(), now: clock.now() });
  if (error !== undefined) throw error;
};
export default push;
