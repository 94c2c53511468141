import { describe, expect, test } from "vitest";
import { UsageError } from "../command.ts";
import { composeConfig } from "./compose-config.ts";
import { type Ask, type GivenAnswers, interview } from "./interview.ts";
import { eventChoices, sinkKinds } from "./sink-kind.ts";
import { parseConfig } from "../config/document/document.ts";

/** A person who answers with these lines, one after the other, and what was said to them. */
function person(...answers: readonly string[]) {
  const asked: string[] = [];
  const said: string[] = [];
  const left = [...answers];
  const ask: Ask = (question, usual) => {
    asked.push(`${question.split(/[:.]/, 1)[0]} [${usual ?? ""}]`);
    const next = left.shift();
    return next === undefined ? Promise.reject(new Error("one question too many")) : Promise.resolve(next);
  };
  return { ask, complain: (why: string) => void said.push(why), asked, said, left };
}

describe("three questions", () => {
  test("nothing answered is what is usual: Slack, a variable, alerts", async () => {
    const { ask, complain, asked, said } = person("", "", "");
    const { kind, written, events } = await interview({}, ask, complain);
    expect([kind.type, Object.keys(written.variables), events]).toEqual([
      "slack",
      ["SLACK_WEBHOOK_URL"],
      "alerts",
    ]);
    expect(asked).toEqual([
      "Where should events go [slack]",
      "Its destination [SLACK_WEBHOOK_URL]",
      "Which events [alerts]",
    ]);
    expect(said).toEqual([]);
  });

  test("a wrong answer is asked again, with the reason; what options give is not asked", async () => {
    const { ask, complain, asked, said } = person("hook url", "https://example.com/x", "al", "all");
    const { kind, events } = await interview({ sink: "webhook" }, ask, complain);
    expect([kind.type, events, asked.length]).toEqual(["webhook", "all", 4]);
    expect(said).toEqual([
      "write an http or https URL, or the name of a variable",
      '"al" is none of alerts, scheduled, all',
    ]);
  });
});

describe("where nobody can be asked", () => {
  const given = (answers: GivenAnswers) => interview(answers, null, () => {});

  test.each<[GivenAnswers, string]>([
    [{}, "there is no terminal to ask at: give --sink."],
    [{ to: "X" }, "give --sink."],
    [{ sink: "webhook" }, "give --to. Its destination: the URL"],
    [{ sink: "exec" }, "give --to."],
    [{ sink: "slak" }, '--sink: "slak": did you mean slack?'],
    [{ sink: "slack", events: "none" }, '--events: "none" is none of alerts, scheduled, all'],
    [
      { sink: "slack", to: "https://hooks.slack.com/services/T/B/x" },
      "--to: a secret does not go into the file",
    ],
    [{ sink: "webhook", to: "https://example.com/k3yk3yk3yk3yk3yk3yk3y" }, "--to: a secret does not go"],
    [{ sink: "event-hubs", to: "contoso" }, "--to: write NAMESPACE/EVENT-HUB"],
  ])("%j: %s", async (answers, message) => {
    const error = await given(answers).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UsageError);
    expect((error as Error).message).toContain(message);
  });

  test("what is usual stands for what is not given", async () => {
    expect((await given({ sink: "slack" })).events).toBe("alerts");
    expect((await given({ sink: "file" })).events).toBe("all");
  });
});

const destinations: Readonly<Record<string, readonly string[]>> = {
  slack: ["MY_URL"],
  webhook: ["https://example.com/${a}", "HOOK"],
  "event-hubs": ["contoso.servicebus.windows.net/vm-events", "CONNECTION/vm-events"],
  file: ['a "quoted" path', "-"],
  exec: ["/usr/local/bin/drain.sh"],
};

test.each(sinkKinds.flatMap((kind) => (destinations[kind.type] ?? [""]).map((to) => [kind, to] as const)))(
  "what is written for $type is YAML without problems, whatever was answered: %s",
  (kind, to) => {
    const written = kind.options(to);
    if ("wrong" in written) throw new Error(written.wrong);
    for (const events of eventChoices) {
      const document = parseConfig(
        "",
        composeConfig({ kind, written, events, statePath: "/home/${x}/state" }),
      );
      expect(document.problems).toEqual([]);
      expect(document.value).toMatchObject({
        sinks: { [kind.type]: { type: kind.type, when: { scope: expect.any(String) as string } } },
        state: { path: "/home/$${x}/state" },
      });
    }
  },
);
