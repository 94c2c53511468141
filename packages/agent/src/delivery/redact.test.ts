import { describe, expect, test } from "vitest";
import { createRedactor } from "./redact.ts";

describe("createRedactor", () => {
  test.each<[string, readonly string[], string, string]>([
    ["every occurrence", ["hunter2"], "hunter2, hunter2!", "[redacted], [redacted]!"],
    ["the longest first", ["abcd", "abcdef"], "abcdef abcd", "[redacted] [redacted]"],
    ["as part of a URL", ["a b/c?d"], "?key=a%20b%2Fc%3Fd&x", "?key=[redacted]&x"],
    ["as part of JSON", ['a"b\\c'], '{"key":"a\\"b\\\\c"}', '{"key":"[redacted]"}'],
    ["with characters that mean something elsewhere", ["a.*+$&c"], "a.*+$&c abbc", "[redacted] abbc"],
    [
      "of a URL also its path",
      ["https://hooks.example.com/services/T0/B0/x?a=b"],
      "POST /services/T0/B0/x?a=b to https://hooks.example.com, /services/T0/B0/x",
      "POST [redacted] to https://hooks.example.com, [redacted]",
    ],
    [
      "of a URL also what may be a key in it",
      ["https://example.com/hooks/k3yk3yk3y?code=a%20b%201234&mode=structured"],
      "no k3yk3yk3y, a b 1234 in hooks, structured",
      "no [redacted], [redacted] in hooks, structured",
    ],
    ["no path that says nothing", ["https://example.com/", "https://example.com"], "a / b", "a / b"],
    ["nothing shorter than four characters", ["abc", ""], "abc", "abc"],
    ["a lone surrogate", ["abc\ud800"], "abc\ud800", "[redacted]"],
    ["nothing where there is no secret", [], "hunter2", "hunter2"],
  ])("takes out %s", (_, secrets, text, clean) => {
    expect(createRedactor(secrets)(text)).toBe(clean);
  });

  test("a secret that looks like a replacement stays out", () => {
    expect(createRedactor(["$&$&"])("a $&$& b")).toBe("a [redacted] b");
  });
});
