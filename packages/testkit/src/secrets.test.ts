import { Secret, Type } from "@forewarn/sdk";
import { describe, expect, test } from "vitest";
import { leaksIn, secretsIn } from "./secrets.ts";
import { createWitness, printedBy } from "./witness.ts";

const secret = 's3cr3t/+ "quoted"';
const url = "https://hooks.example.com/services/T0/B0/XXXX";

describe("secretsIn", () => {
  test("finds what is declared, in objects, maps and lists", () => {
    const schema = Type.Object({
      open: Type.String(),
      token: Secret(),
      headers: Type.Record(Type.String(), Secret()),
      keys: Type.Array(Type.Object({ key: Secret() })),
      absent: Type.Optional(Secret()),
    });
    const options = { open: "open", token: "token-1", headers: { a: "header-1" }, keys: [{ key: "key-1" }] };
    expect(secretsIn(schema, options).toSorted()).toEqual(["header-1", "key-1", "token-1"]);
  });
});

describe("leaksIn", () => {
  const leaks = (text: string, where = "log.info") =>
    leaksIn([{ where, text }], { whole: [secret, url], parts: ["partial"] });

  test.each([
    ["as it is", secret],
    ["in a URL", encodeURIComponent(secret)],
    ["in JSON", JSON.stringify({ secret })],
    ["in Base64", Buffer.from(secret).toString("base64")],
    ["as a path", "POST /services/T0/B0/XXXX failed"],
    ["in part", "key=partial;"],
  ])("sees a secret %s", (_how, text) => {
    expect(leaks(`before ${text} after`)).toHaveLength(1);
  });

  test("says where, and does not repeat it", () => {
    const [leak = ""] = leaks(`the token ${secret} was refused`);
    expect(leak).toBe('log.info: "the token <the secret> was refused"');
  });

  test("forgives an excerpt what the agent redacts, and nothing else", () => {
    expect(leaks(`{"authorization":"${secret}"}`, "the excerpt of deliver")).toEqual([]);
    expect(leaks(`{"authorization":"partial"}`, "the excerpt of deliver")).toHaveLength(1);
  });

  test("is content with innocent text", () => {
    expect(leaks("answered 401: check the credentials")).toEqual([]);
  });
});

describe("a witness", () => {
  const seenIn = (error: unknown) => {
    const witness = createWitness();
    witness.threw("deliver", error);
    return leaksIn(witness.traces, { whole: [secret], parts: [] });
  };

  test.each([
    ["a message", new Error(secret)],
    ["a cause", new Error("failed", { cause: new Error(secret) })],
    ["a field", Object.assign(new Error("failed"), { config: { headers: { authorization: secret } } })],
    ["a text", secret],
    ["an excerpt beside others", Object.assign(new Error("failed"), { excerpt: "partly", status: secret })],
  ])("sees a secret in %s", (_where, error) => {
    expect(seenIn(error)).toHaveLength(1);
  });

  test("sees what is logged, with its fields", () => {
    const witness = createWitness();
    witness.log.warn("opened", { options: { token: secret } });
    expect(leaksIn(witness.traces, { whole: [secret], parts: [] })).toHaveLength(1);
  });
});

test("printedBy catches what goes past the log, and leaves the streams as they were", async () => {
  const before = process.stdout.write;
  const printed = await printedBy(async () => {
    process.stdout.write("one");
    process.stderr.write("two");
    // eslint-disable-next-line no-console
    console.warn("three", { four: 4 });
  });
  expect(printed).toEqual(["one", "two", "three { four: 4 }"]);
  expect(process.stdout.write).toBe(before);
});
