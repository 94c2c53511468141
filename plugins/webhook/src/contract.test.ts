import { decodeHttp } from "@forewarn/sdk";
import { type HttpEndOptions, startHttpEnd, testSink } from "@forewarn/testkit";
import { webhook } from "./webhook.ts";

type Read = HttpEndOptions["read"];

const cloudEvents: Read = ({ headers, body }) =>
  decodeHttp(headers, body).map((event) => ({ id: event.id, source: event.source, event }));

const named: Read = ({ body }) => [JSON.parse(body.toString()) as { readonly id: string }];

/** The ways of writing, and what a receiver reads of each. */
const ways: readonly (readonly [string, Readonly<Record<string, unknown>>, Read])[] = [
  ["structured", { mode: "structured" }, cloudEvents],
  ["binary", { mode: "binary" }, cloudEvents],
  ["batched", { mode: "batched" }, cloudEvents],
  ["after a handshake", { handshake: true, requestRate: 60_000 }, cloudEvents],
  ["from a template", { body: { id: "{{ id }}", source: "{{ source }}", event: "{{ . | json }}" } }, named],
];

for (const [name, way, read] of ways) {
  testSink(`webhook, ${name}`, {
    definition: webhook,
    readme: new URL("../README.md", import.meta.url),
    start: () =>
      startHttpEnd({
        options: (url) => ({
          url: `${url}/hook?channel=ops`,
          headers: { authorization: "Bearer kit-webhook-token" },
          secret: "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
          ...way,
        }),
        secrets: ["kit-webhook-token"],
        read,
        answerOther: () => ({
          status: 204,
          headers: { "webhook-allowed-origin": "*", "webhook-allowed-rate": "60000" },
        }),
        isSpared: ({ method }) => method === "OPTIONS",
      }),
  });
}
