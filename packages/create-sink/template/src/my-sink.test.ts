import { startHttpEnd, testSink } from "@forewarn/testkit";
import { sink } from "./my-sink.ts";

interface Posted {
  readonly id: string;
  readonly source: string;
}

// The sink contract, against a server on loopback. What the destination cannot do is left out with its reason:
// without: { throttle: "the service has no limit" }
testSink("my-sink", {
  definition: sink,
  readme: new URL("../README.md", import.meta.url),
  start: () =>
    startHttpEnd({
      options: (url) => ({ url: `${url}/events`, token: "correct-horse-battery-staple" }),
      read({ headers, body }) {
        if (headers.authorization !== "Bearer correct-horse-battery-staple") return [];
        const event = JSON.parse(body.toString()) as Posted;
        return [{ id: event.id, source: event.source, event }];
      },
    }),
});
