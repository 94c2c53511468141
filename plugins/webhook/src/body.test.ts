import { describe, expect, it } from "vitest";
import { compileBody } from "./body.ts";
import { batchOfEvents, open } from "./fixtures/open-webhook.ts";
import { receive } from "./fixtures/receiver.ts";

const event = {
  id: "1",
  source: "/vm/1",
  data: { description: 'a "b" & c=d €\n<script>', resources: ["vm-1"], vm: { tags: {} } },
};

const render = (body: unknown, contentType?: string) => compileBody(body, contentType).render(event);

describe("body", () => {
  it("escapes for JSON, the default", () => {
    const text = render('{"text": "{{ data.description }}", "vms": {{ data.resources | json }}}');
    expect(JSON.parse(text)).toEqual({ text: event.data.description, vms: ["vm-1"] });
    expect(compileBody("[]").contentType).toBe("application/json");
  });

  it.each(["application/json", "application/vnd.acme+json; charset=utf-8", "text/json", "Application/JSON"])(
    "makes JSON of a map for %s",
    (contentType) => {
      const text = render({ text: "{{ id }}", vms: "{{ data.resources | json }}" }, contentType);
      expect(JSON.parse(text)).toEqual({ text: "1", vms: ["vm-1"] });
    },
  );

  it("percent-encodes for a form, where no value can add a field", () => {
    const text = render(
      "user=a&message={{ data.description }}&all={{ data | json }}",
      "application/x-www-form-urlencoded",
    );
    const form = new URLSearchParams(text);
    expect([...form.keys()]).toEqual(["user", "message", "all"]);
    expect(form.get("message")).toBe(event.data.description);
    expect(JSON.parse(form.get("all") ?? "")).toEqual(event.data);
  });

  it("writes plain text as it is", () => {
    expect(render("{{ data.description }}", "text/plain; charset=utf-8")).toBe(event.data.description);
  });

  it.each([
    ["{{ data.nope }}", "text/plain", /^option body: no event has data\.nope/],
    ["{{ id | uper }}", undefined, /^option body: unknown filter "uper".*did you mean upper\?/],
    [{ a: ["{{ ide }}"] }, undefined, /^option body\.a\[0\]: no event has ide/],
    ["plain", undefined, /^option body: is not JSON/],
    [
      { a: 1 },
      "text/plain",
      /^option body: must be a text for contentType: text\/plain; a map or list is JSON$/,
    ],
    [
      "x",
      "text/html",
      /^option contentType: "text\/html" is nothing that values can be escaped for; write a JSON type/,
    ],
    ["x", "text/plain\r\nEvil: 1", /^option contentType: /],
    ["x", "json", /^option contentType: /],
  ])("refuses %j as %s", (body, contentType, message) => {
    expect(() => compileBody(body, contentType)).toThrow(message);
  });
});

describe("a sink with a body", () => {
  it("posts it with its type, an id that stays, and the user's headers", async () => {
    const { url, received } = await receive();
    const { deliver } = await open({
      url,
      body: "{{ id }}: {{ data.description }}",
      contentType: "text/plain",
      headers: { "x-token": "t" },
      secret: "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    });
    await deliver(batchOfEvents([event]));
    await deliver({ ...batchOfEvents([event]), attempt: 2 });
    const [first, second] = received;
    expect(first?.body.toString()).toBe(`1: ${event.data.description}`);
    expect(first?.headers).toMatchObject({ "content-type": "text/plain", "x-token": "t" });
    expect(first?.headers["idempotency-key"]).toBe(first?.headers["webhook-id"]);
    expect(second?.headers["idempotency-key"]).toBe(first?.headers["idempotency-key"]);
  });

  it("does not open with a template that is wrong", async () => {
    await expect(open({ url: "http://127.0.0.1", body: "{{ nope }}" })).rejects.toMatchObject({
      code: "FOREWARN_MISCONFIGURED",
    });
  });
});
