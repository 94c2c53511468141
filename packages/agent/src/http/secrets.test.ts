import { expect, test } from "vitest";
import { createRedactor } from "../delivery/redact.ts";
import { httpSecrets } from "./secrets.ts";

const login = Buffer.from("me:p@ss/word").toString("base64");

test.each([
  [{ proxy: "http://me:p%40ss%2Fword@proxy:3128" }, {}],
  [{}, { HTTPS_PROXY: "http://me:p%40ss%2Fword@proxy:3128" }],
  [{}, { http_proxy: "me:p%40ss%2Fword@proxy:3128" }],
])(
  "%j %j: a password is taken out however it is written, the proxy's place stays",
  (settings, environment) => {
    const redact = createRedactor(httpSecrets(settings, environment));
    const said = `Basic ${login} | p@ss/word | p%40ss%2Fword | http://proxy:3128 | http://me:p%40ss%2Fword@proxy:3128/`;
    expect(redact(said)).toBe("Basic [redacted] | [redacted] | [redacted] | http://proxy:3128 | [redacted]");
  },
);

test("a user alone is the secret; a text that is no URL is one as a whole", () => {
  expect(httpSecrets({ proxy: "http://token@proxy:3128" }, {})).toContain("token");
  expect(httpSecrets({}, { https_proxy: "http://me:s3cret@pro xy" })).toEqual(["http://me:s3cret@pro xy"]);
});

test("what is not used is no secret, and what has no credentials neither", () => {
  expect(httpSecrets({ proxy: "off" }, { HTTPS_PROXY: "http://me:s3cret@proxy" })).toEqual([]);
  expect(httpSecrets({}, { HTTPS_PROXY: "http://proxy:3128", HTTP_PROXY: "" })).toEqual([]);
});

test("a passphrase", () => {
  expect(httpSecrets({ tls: { key: "/k", cert: "/c", passphrase: "open sesame" } }, {})).toEqual([
    "open sesame",
  ]);
});
