import { describe, expect, it } from "vitest";
import { code, cutMrkdwn, escapeControl, escapeMrkdwn, localTime, plain, utc } from "./mrkdwn.ts";

describe("values in mrkdwn", () => {
  it.each([
    ["<!channel>", "&lt;!channel&gt;"],
    ["<https://evil.example|Approve>", "&lt;https://evil.example|Approve&gt;"],
    ["a & b &lt;", "a &amp; b &amp;lt;"],
    ["*bold* ~gone~ `code`", "∗bold∗ ∼gone∼ ˋcodeˋ"],
    ["_slanted_ myvmss_3 WestNO_0, _x", "ˍslantedˍ myvmss_3 WestNO_0, ˍx"],
    ["a\n> quote", "a &gt; quote"],
  ])("%s is harmless", (value, expected) => {
    expect(escapeMrkdwn(value)).toBe(expected);
  });

  it("as code end only where we end it", () => {
    expect(code("web`01` <!here>")).toBe("`webˋ01ˋ &lt;!here&gt;`");
    expect(code(" \n ")).toBe("`?`");
    expect(code("x".repeat(400))).toHaveLength(302);
  });

  it("as plain text make no tag", () => {
    expect(plain("<!channel> & co")).toBe("‹!channel› & co");
  });

  it("keep everything but control characters in a notification", () => {
    expect(escapeControl("*a* <b> & c")).toBe("*a* &lt;b&gt; &amp; c");
  });
});

describe("times", () => {
  it("are those of the reader, with UTC where a client cannot", () => {
    expect(localTime(Date.UTC(2026, 3, 11, 22, 26, 58, 999))).toBe(
      "<!date^1775946418^{date_short_pretty} {time_secs}|2026-04-11 22:26:58 UTC>",
    );
  });

  it("are said to be unknown where they make no sense", () => {
    expect(localTime(Number.NaN)).toBe("an unknown time");
    expect(utc(9e15)).toBe("");
  });
});

describe("cutMrkdwn", () => {
  const tag = "<!date^1775946418^{time}|22:26>";

  it.each([
    [`at ${tag} sharp`, 100, `at ${tag} sharp`],
    [`at ${tag} sharp`, 20, "at …"],
    [`at ${tag} sharp`, 36, `at ${tag} …`],
    ["a &amp;&amp; b", 6, "a …"],
    ["a &amp;&amp; b", 8, "a &amp;…"],
    ["plain words", 8, "plain w…"],
    ["abc&amp;", 3, "ab…"],
    ["😀&amp;", 2, "…"],
    ["a😀&amp;", 3, "a…"],
    ["on `web-01` and `web-02`", 18, "on `web-01` and …"],
  ])("%s to %d is %s", (text, most, expected) => {
    const cut = cutMrkdwn(text, most);
    expect(cut).toBe(expected);
    expect(cut.length).toBeLessThanOrEqual(most);
  });
});
