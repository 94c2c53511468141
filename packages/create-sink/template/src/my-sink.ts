import { type RequestOptions, Secret, Type, defineSink, deliveryError } from "@forewarn/sdk";

/** Posts each event as JSON to an HTTP endpoint. */
export const sink = defineSink({
  type: "my-sink",
  summary: "Posts each event as JSON to an HTTP endpoint.",
  options: Type.Object(
    {
      url: Type.String({
        format: "uri",
        pattern: "^https?://",
        description: "Where events are posted: `http` or `https`.",
      }),
      token: Type.Optional(
        Secret({ pattern: "^[!-~]+$", description: "Sent with every request as a bearer token." }),
      ),
    },
    { additionalProperties: false },
  ),
  batch: { maxEvents: 1 },
  open({ url, token }, { request, clock }) {
    const headers = {
      "content-type": "application/json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };

    /** The status decides: 2xx has taken it, and every other one is an error that says what the agent does next. */
    async function send(options: RequestOptions): Promise<void> {
      const response = await request(url, { headers, ...options });
      const excerpt = await response.body.text().catch(() => "");
      const error = deliveryError({
        status: response.statusCode,
        retryAfter: response.headers["retry-after"],
        excerpt,
        now: clock.now(),
      });
      if (error !== undefined) throw error;
    }

    return {
      async deliver(batch, { signal }) {
        // One event, as `maxEvents` above says; `encoded` is its JSON text, `events` would be the typed object.
        const [body = ""] = batch.encoded;
        await send({ method: "POST", body, signal });
      },
      // Asked while the sink is paused: better is what tells whether the token is good, without posting anything.
      async probe(signal) {
        await send({ method: "HEAD", signal });
      },
    };
  },
});
