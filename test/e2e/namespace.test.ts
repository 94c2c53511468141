import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { configured, fileSink } from "./configuration.ts";
import { eventually } from "./eventually.ts";
import { bins, forewarn, temporaryPlace } from "./forewarn.ts";
import { eventsIn, logOf, phasesOf } from "./lines.ts";
import { addNamespace, whyNoNamespace } from "./namespace.ts";

const why = whyNoNamespace();
if (why !== undefined) console.log(`SKIPPED the tests at the real address 169.254.169.254:80: ${why}`);

interface RawDocument {
  readonly Events: readonly {
    readonly EventId: string;
    readonly EventType: string;
    readonly EventStatus: string;
    readonly NotBefore: string;
    readonly Description: string;
    readonly Resources: readonly string[];
  }[];
}

describe.skipIf(why !== undefined)("at Azure's own address, in a network namespace", () => {
  afterEach(() => {
    const { stdout } = spawnSync("ip", ["netns", "list"], { encoding: "utf8" });
    if (stdout.includes(`forewarn-e2e-${process.pid}-`)) throw new Error(`a namespace was left: ${stdout}`);
  });

  test("the unchanged curl command of Azure's documentation, and our agent with its default config", async () => {
    using place = temporaryPlace();
    using namespace = addNamespace();
    const { prefix } = namespace;
    const sh = (command: string) => {
      const [program = "", ...args] = [...prefix, "sh", "-c", command];
      return spawnSync(program, args, { encoding: "utf8", timeout: 20_000 });
    };
    const listen = ["--listen", "169.254.169.254:80"];
    await using simulator = forewarn([...listen, "--scenario", "demo", "--loop"], {
      bin: bins.simulator,
      prefix,
    });
    await simulator.says("Scenario demo");

    const documented = `curl -s -H Metadata:true --noproxy "*" "http://169.254.169.254/metadata/instance?api-version=2025-04-07"`;
    const answer = sh(documented);
    expect(answer.status, answer.stderr).toBe(0);
    expect(JSON.parse(answer.stdout)).toMatchObject({
      compute: { name: "web-01", azEnvironment: "AzurePublicCloud" },
      network: { interface: [{}] },
    });
    expect(sh(documented.replace("-H Metadata:true ", "")).stdout).toContain(
      "Required metadata header not specified",
    );

    const config = place.file(
      "forewarn.yaml",
      `state: { path: ${join(place.path, "state")} }\nsinks: { audit: { type: file, options: { path: ${join(place.path, "events.ndjson")} } } }\n`,
    );
    await using agent = forewarn(["run", "-c", config], { prefix });
    await agent.says("IMDS answers");

    const scheduled = documented.replace(
      "instance?api-version=2025-04-07",
      "scheduledevents?api-version=2020-07-01",
    );
    let raw: RawDocument["Events"][number] | undefined;
    await eventually(
      () => {
        const { Events } = JSON.parse(sh(scheduled).stdout) as RawDocument;
        raw ??= Events.find(({ EventStatus }) => EventStatus === "Scheduled");
        return raw !== undefined && phasesOf(eventsIn(place), raw.EventId).includes("started");
      },
      () => agent.stderr() + simulator.stdout(),
    );
    const event = eventsIn(place).find(({ subject }) => subject === raw?.EventId.toLowerCase());
    expect(event).toMatchObject({
      type: "io.forewarn.scheduledevent.scheduled",
      affectsself: true,
      data: {
        eventId: raw?.EventId,
        eventType: raw?.EventType,
        notBeforeRaw: raw?.NotBefore,
        description: raw?.Description,
        resources: raw?.Resources,
        vm: { name: "web-01" },
      },
    });
    expect(event?.data).not.toHaveProperty("simulated");

    await using name = forewarn(["imds", "instance/compute/name"], { prefix });
    expect([await name.exited(), name.stdout()]).toEqual([0, "web-01\n"]);
    await using events = forewarn(["events"], { prefix });
    expect(await events.exited()).toBe(0);
    expect(await agent.end()).toBe(0);
    expect(logOf(agent).filter(({ level }) => level === "warn" || level === "error")).toEqual([]);
    expect(await simulator.end()).toBe(0);
  });

  test("no sink may post to IMDS: refused before a byte is sent, and said", async () => {
    using place = temporaryPlace();
    using namespace = addNamespace();
    const { prefix } = namespace;
    await using simulator = forewarn(["--listen", "169.254.169.254:80"], { bin: bins.simulator, prefix });
    await simulator.says("simulated");
    const url = "http://169.254.169.254/metadata/identity/oauth2/token";
    const sinks = { audit: fileSink(place), thief: { type: "webhook", options: { url } } };
    await using agent = forewarn(["run", "-c", configured(place, { sinks })], { prefix });
    await agent.says("sink thief is paused, its events are kept: refused to connect to 169.254.169.254");
    expect(await agent.end()).toBe(0);
  });
});
