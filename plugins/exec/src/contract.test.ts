import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ForewarnEvent } from "@forewarn/sdk";
import { type Behaviour, type OtherEnd, testSink } from "@forewarn/testkit";
import { exec } from "./exec.ts";

testSink("exec", {
  definition: exec,
  readme: new URL("../README.md", import.meta.url),
  start: startProgram,
  without: {
    throttle: "an exit code says that a run should be repeated, not when",
    "reset-in-answer": "an exit code does not arrive in parts",
    down: "a command that is missing is a wrong option, told when the sink opens, and no failure that passes",
  },
});

/** Does what the file `behaviour` says, keeps what it takes in `received`, and tells its secrets to everybody. */
const program = `#!/bin/sh
read -r kind id < behaviour
printf x >> attempts
echo "the secret is $TOKEN"
echo "and not $KEY" >&2
if [ "$kind" = refuse-one ]; then
  kind=accept
  [ "$FOREWARN_ID" = "$id" ] && kind=reject
fi
case $kind in
accept) cat >> received ;;
reject) exit 65 ;;
retry) exit 75 ;;
hang) exec sleep 600 ;;
reset-before-answer) kill -KILL $$ ;;
*) exit 99 ;;
esac
`;

/** A program in a directory of its own; a fault of the set-up is that it may not be executed. */
function startProgram(): OtherEnd {
  const cwd = mkdtempSync(join(tmpdir(), "forewarn-exec-contract-"));
  const command = join(cwd, "program.sh");
  writeFileSync(command, program);
  const read = (name: string) => {
    const path = join(cwd, name);
    return existsSync(path) ? readFileSync(path, "utf8") : "";
  };

  function behave(behaviour: Behaviour): void {
    chmodSync(command, behaviour.kind === "misconfigured" ? 0o644 : 0o755);
    const id = "event" in behaviour ? behaviour.event.id : "";
    writeFileSync(join(cwd, "behaviour"), `${behaviour.kind} ${id}\n`);
  }

  behave({ kind: "accept" });
  return {
    options: {
      command,
      cwd,
      env: { TOKEN: "opensesame-1234567890", KEY: "-----BEGIN-----\nAAAABBBBCCCCDDDD\n-----END-----" },
    },
    received: () =>
      read("received")
        .split("\n")
        .slice(0, -1)
        .map((line) => {
          const event = JSON.parse(line) as ForewarnEvent;
          return { id: event.id, source: event.source, event };
        }),
    attempts: () => read("attempts").length,
    behave,
    async close() {
      rmSync(cwd, { recursive: true, force: true });
    },
  };
}
