import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startSimulator } from "@forewarn/imds-simulator";
import { expect, test } from "vitest";
import { createCanaries } from "./canaries.ts";
import { startEchoingServer } from "./echoing-server.ts";
import { eventually } from "./eventually.ts";
import { forewarn, temporaryPlace } from "./forewarn.ts";
import { freePort } from "./free-port.ts";

/** A sink that does all that a careless author might. */
const careless = `
import { defineSink, MisconfiguredError, RejectError, Secret, Type } from "@forewarn/sdk";
export const careless = defineSink({
  type: "careless",
  summary: "Says its token wherever it can.",
  options: Type.Object({ token: Secret(), how: Type.String() }),
  check({ token, how }) {
    if (how === "check") throw new MisconfiguredError("option token: " + token + " is no token; write another than " + token);
  },
  batch({ token, how }) {
    if (how === "batch") throw new Error("no batch for " + token);
    return { maxEvents: 1 };
  },
  open({ token, how }, { log }) {
    log.debug("opened with " + token, { token, nested: { headers: ["x", token] }, error: new Error(token) });
    if (how === "open") throw new Error("cannot open with " + token);
    return {
      async deliver(batch) {
        if (how === "crash") setTimeout(() => { throw new Error("uncaught " + token); });
        if (how === "reject") throw new RejectError("no " + token, { status: token, excerpt: "answer " + token, cause: new Error(token) });
        throw new MisconfiguredError("cannot " + how + " with " + token);
      },
      async probe() {
        if (how === "crash") setTimeout(() => { throw new Error("uncaught by probe " + token); });
        await new Promise((done) => setTimeout(done, 20));
        throw new Error("probed with " + token);
      },
    };
  },
});
`;

test("a canary in every secret is seen by the destinations, and nowhere else", async () => {
  using place = temporaryPlace();
  await using simulator = await startSimulator();
  await using server = await startEchoingServer();
  const canaries = createCanaries();
  const { of, webhookSecret } = canaries;
  place.file("careless.mjs", careless);
  const secretFile = place.file("secret", `${of("file reference")}\n`);
  const admin = `127.0.0.1:${await freePort()}`;
  const hostAndPort = server.url.replace("http://", "");
  // An address whose host looks like a name of its own is asked through the proxy.
  const sinks: Record<string, object> = {};
  for (const word of ["reject", "pause", "retry"]) {
    sinks[`slack-${word}`] = {
      type: "slack",
      options: { url: `${server.url}/services/${of(`slack ${word}`)}/${word}` },
    };
    sinks[`hook-${word}`] = {
      type: "webhook",
      options: {
        url: `${server.url}/${word}/\${env:HOOK_KEY}?code=${of(`query ${word}`)}`,
        headers: { authorization: `Bearer ${of(`header ${word}`)}`, "x-key": `\${file:${secretFile}}` },
        secret: webhookSecret(`signature ${word}`),
        previousSecret: "${env:OLD_SECRET}",
      },
    };
  }
  const connection = (key: string, host: string) =>
    `Endpoint=sb://${host}/;SharedAccessKeyName=send;SharedAccessKey=${key};UseDevelopmentEmulator=true`;
  Object.assign(sinks, {
    template: {
      type: "webhook",
      options: {
        url: `${server.url}/reject`,
        body: { key: "${env:BODY_KEY}", what: "{{ data.eventType }}" },
      },
    },
    pagerduty: {
      type: "webhook",
      options: {
        preset: "pagerduty",
        routingKey: of("routing key").slice(0, 32).padEnd(32, "0"),
        url: `${server.url}/reject`,
      },
    },
    opsgenie: {
      type: "webhook",
      options: { preset: "opsgenie", apiKey: of("api key"), url: `${server.url}/pause` },
    },
    proxied: {
      type: "webhook",
      proxy: `http://forewarn:${of("proxy")}@${hostAndPort}`,
      options: { url: `https://example.test/${of("proxied url")}` },
    },
    hubs: {
      type: "event-hubs",
      options: { eventHub: "e", connectionString: connection(of("connection string"), "127.0.0.1:9") },
    },
    "hubs-env": { type: "event-hubs", options: { eventHub: "e", connectionString: "${env:EVENT_HUBS}" } },
    drain: {
      type: "exec",
      options: {
        command: ["/bin/sh", "-c", 'echo "out $TOKEN"; echo "err $TOKEN" >&2; exit 1'],
        env: { TOKEN: of("exec") },
      },
    },
    file: { type: "file", options: { path: join(place.path, "events.ndjson") } },
  });
  for (const how of ["open", "reject", "pause", "crash"])
    sinks[`careless-${how}`] = { type: "./careless.mjs", options: { token: of(`careless ${how}`), how } };

  const env = {
    HOOK_KEY: of("environment"),
    OLD_SECRET: webhookSecret("old signature"),
    BODY_KEY: of("body"),
    EVENT_HUBS: connection(of("connection string of the environment"), hostAndPort),
    HTTPS_PROXY: `http://me:${of("proxy of the environment")}@${hostAndPort}`,
  };
  const config = (given: object, more: object = {}) =>
    JSON.stringify({
      imds: { endpoint: simulator.url, pollInterval: "100ms" },
      state: { path: join(place.path, "state") },
      admin: { listen: admin },
      log: { level: "debug", format: "json" },
      sinks: given,
      ...more,
    });
  const file = place.file("forewarn.json", config(sinks));
  const outputs = new Map<string, string>();
  const ask = async (line: string, path = file) => {
    await using command = forewarn([...line.split(" "), "-c", path], { env, cwd: place.path });
    await command.exited();
    outputs.set(`${line} -c ${path}`, command.stdout() + command.stderr());
    return command.stdout();
  };

  await using agent = forewarn(["run", "--print", "-c", file], { env, cwd: place.path });
  await agent.says("IMDS answers");
  await using tap = forewarn(["tap", "--json", "-c", file], { env });
  simulator.schedule({ EventType: "Reboot" });
  const paused = ["slack-pause", "hook-pause", "opsgenie", "careless-pause"];
  const rejecting = ["slack-reject", "hook-reject", "template", "pagerduty", "drain", "careless-reject"];
  const log = () => agent.stderr();
  await eventually(
    () =>
      paused.every((name) => log().includes(`sink ${name} is paused`)) &&
      rejecting.every((name) => log().includes(`sink ${name} will never take`)) &&
      log().includes("uncaught [redacted]"),
    () => log().slice(-3000),
  );

  for (const line of [
    "status",
    "status --json",
    "history",
    "history --json",
    "dead-letters list",
    "dead-letters list --json",
  ])
    await ask(line);
  const letters = JSON.parse(outputs.get(`dead-letters list --json -c ${file}`) ?? "[]") as unknown;
  const ids = [...JSON.stringify(letters).matchAll(/"id":"([^"]+)"/g)].map(([, id = ""]) => id);
  for (const id of new Set([ids.at(0), ids.at(-1)])) await ask(`dead-letters show ${id} --json`);
  for (const path of ["metrics", "api/v1/status", "readyz"])
    outputs.set(`/${path}`, await (await fetch(`http://${admin}/${path}`)).text());

  // A reload that is refused says why, and so does every kind of wrong file.
  writeFileSync(
    file,
    config({ ...sinks, wrong: { type: "slack", options: { url: of("wrong url"), token: of("wrong key") } } }),
  );
  agent.child.kill("SIGHUP");
  await agent.says("CONFIG_UNKNOWN_KEY");
  for (const line of ["validate", "validate --json", "validate --format github", "doctor"]) await ask(line);
  const broken = place.file("broken.yaml", `${config(sinks).slice(0, -2)}\nsecret: ${of("broken")} : x\n`);
  await ask("validate", broken);
  for (const how of ["check", "batch"]) {
    const options = { token: of(`careless ${how}`), how };
    await ask(
      "validate --json",
      place.file(`${how}.json`, config({ a: { type: "./careless.mjs", options } })),
    );
  }
  writeFileSync(file, config(sinks));
  for (const line of ["validate", "validate --probe --json", "schema", "sinks --json", "doctor --json"])
    await ask(line);
  for (const name of Object.keys(sinks).filter((each) => /pause|reject|crash|hubs|proxied/.test(each)))
    await ask(`test-sink ${name} --json`);
  await agent.end();
  await tap.end();
  outputs.set("run", agent.stdout() + agent.stderr());
  outputs.set("tap", tap.stdout() + tap.stderr());

  // Each sink has used its secrets, and somebody has tried to repeat them.
  const seen = server.requests.join("\n");
  for (const name of [
    "slack reject",
    "query pause",
    "header retry",
    "environment",
    "file reference",
    "body",
    "routing key",
    "api key",
  ])
    expect(canaries.foundIn(seen), name).toContain(name);
  expect(seen).toContain("CONNECT example.test:443");
  const told = [...outputs.values()].join("\n");
  expect(told.match(/\[redacted\]/g)?.length).toBeGreaterThan(20);

  const state = join(place.path, "state");
  for (const name of readdirSync(state))
    outputs.set(`state/${name}`, readFileSync(join(state, name), "latin1"));
  outputs.set("events.ndjson", readFileSync(join(place.path, "events.ndjson"), "utf8"));
  const leaks = [...outputs].flatMap(([where, text]) =>
    canaries.foundIn(text).map((name) => `${name} in ${where}`),
  );
  expect(leaks).toEqual([]);
});
