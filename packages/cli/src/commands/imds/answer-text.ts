import { ImdsError, parseTolerantJson } from "@forewarn/imds";
import { cutText, oneLine } from "@forewarn/sdk";
import type { Io } from "../../io.ts";
import { type Paint, paintFor } from "../../log/color.ts";
import { colorJson, visible } from "../../print/color-json.ts";
import { withoutSecrets } from "./secrets.ts";

/** An answer of status 200. */
export interface Answer {
  readonly body: string;
  /** It was asked for as text. */
  readonly isText: boolean;
}

/** How an answer is printed. */
export interface AnswerForm {
  /** Only JSON will do: a text becomes a JSON string, and nothing is coloured. */
  readonly json: boolean;
  /** As it was sent, to the byte. */
  readonly raw: boolean;
  /** A token is shown, too. */
  readonly showSecret: boolean;
}

const plain: Paint = (_, text) => text;

/**
 * An answer as it is printed: text with a line end; JSON indented, and coloured on a terminal. Throws an `ImdsError` of
 * code `not-json` where JSON was asked for and it is none.
 */
export function answerText({ body, isText }: Answer, { json, raw, showSecret }: AnswerForm, io: Io): string {
  if (raw) return body;
  if (isText) {
    if (json) return `${JSON.stringify(body)}\n`;
    const text = body.endsWith("\n") ? body : `${body}\n`;
    return io.stdout.isTTY === true ? visible(text) : text;
  }
  const value = parseTolerantJson(body);
  if (value === undefined) throw notJson(body);
  const shown = showSecret ? value : withoutSecrets(value);
  return `${colorJson(shown, json ? plain : paintFor(io.stdout, io.env))}\n`;
}

function notJson(body: string): ImdsError {
  const text = oneLine(body);
  const what = text === "" ? "is empty" : `is no JSON, it begins ${JSON.stringify(cutText(text, 60))}`;
  return new ImdsError(
    `the answer ${what}: something else than IMDS may answer here (--raw prints it as it is)`,
    { code: "not-json", retryable: true, path: "" },
  );
}
