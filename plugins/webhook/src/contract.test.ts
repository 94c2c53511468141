import { decodeHttp } from "@forewarn/sdk";
import { startHttpEnd, testSink } from "@forewarn/testkit";
import { webhook } from "./webhook.ts";

for (const mode of ["structured", "binary", "batched"]) {
  testSink(`webhook, ${mode}`, {
    definition: webhook,
    readme: new URL("../README.md", import.meta.url),
    start: () =>
      startHttpEnd({
        options: (url) => ({
          url: `${url}/hook?channel=ops`,
          mode,
          headers: { authorization: "Bearer kit-webhook-token" },
          secret: "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        }),
        read: ({ headers, body }) =>
          decodeHttp(headers, body).map((event) => ({ id: event.id, source: event.source, event })),
      }),
  });
}
