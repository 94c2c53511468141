import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createSendNotification } from "./send-notification.ts";

let place = "";
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "forewarn-notify-"));
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

/** A sender whose systemd-notify is this script. */
function senderBy(script: string) {
  writeFileSync(join(place, "systemd-notify"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const PATH = `${place}${delimiter}${process.env["PATH"]}`;
  return createSendNotification({ NOTIFY_SOCKET: join(place, "socket"), PATH });
}

test("one message after the other, in order, each assignment on one line", async () => {
  const log = join(place, "log");
  const send = senderBy(
    `[ "$1" != READY=1 ] || sleep 0.2\nfor each; do echo "$each" >> '${log}'; done\necho "$NOTIFY_SOCKET" >> '${log}'`,
  );
  await Promise.all([send(["READY=1", "STATUS=a\nMAINPID=1"]), send(["WATCHDOG=1"])]);
  const socket = join(place, "socket");
  expect(readFileSync(log, "utf8").trimEnd().split("\n")).toEqual([
    "READY=1",
    "STATUS=a MAINPID=1",
    socket,
    "WATCHDOG=1",
    socket,
  ]);
});

test("a failure is a sentence, and the next message is sent all the same", async () => {
  const send = senderBy(`[ "$1" = READY=1 ] || { echo "Failed to notify: gone" >&2; exit 1; }`);
  const [failed, sent] = await Promise.allSettled([send(["STATUS=x"]), send(["READY=1"])]);
  expect(failed).toMatchObject({ reason: { message: "systemd-notify failed: Failed to notify: gone" } });
  expect(sent.status).toBe("fulfilled");
});

test("without systemd-notify it says what is missing", async () => {
  const send = createSendNotification({ NOTIFY_SOCKET: join(place, "socket"), PATH: place });
  await expect(send(["READY=1"])).rejects.toThrow(
    "there is no systemd-notify in PATH: it is part of systemd",
  );
});
