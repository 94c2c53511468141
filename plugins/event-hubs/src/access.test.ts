import { startEventHubsEmulator } from "@forewarn/event-hubs-emulator";
import { describe, expect, it } from "vitest";
import { makeCertificate, tokenOf } from "./fixtures/certificate.ts";
import { createHandClock } from "./fixtures/hand-clock.ts";
import { batchOf, eventOf, openSink } from "./fixtures/sink.ts";

const batch = () => batchOf(eventOf("1"));
const misconfigured = (message: RegExp) => ({
  code: "FOREWARN_MISCONFIGURED",
  message: expect.stringMatching(message),
});

describe("a connection string", () => {
  it.each([
    [
      "a wrong key",
      "SharedAccessKey=d3Jvbmc=",
      /does not accept the key .* policy RootManageSharedAccessKey is gone/,
    ],
    ["an unknown policy", "SharedAccessKeyName=nobody", /does not accept the key .* policy nobody is gone/],
  ])("%s: says so, in delivery and in probe, and quotes no key", async (_, part, message) => {
    await using emulator = await startEventHubsEmulator();
    const [name] = part.split("=");
    const connectionString = emulator.connectionString.replace(new RegExp(`${name}=[^;]+`), part);
    await using sink = await openSink(emulator, { options: { connectionString } });
    const errors = [await sink.deliver(batch()), await sink.probe()];
    for (const error of errors) {
      expect(error).toMatchObject(misconfigured(message));
      expect(`${error?.stack} ${JSON.stringify(error)}`).not.toMatch(/d3Jvbmc=|SAS_KEY_VALUE|sig=/);
    }
  });

  it("a policy without the right Send: says that it is the right", async () => {
    await using emulator = await startEventHubsEmulator({
      keys: { reader: { key: "a2V5", rights: ["listen"] } },
    });
    await using sink = await openSink(emulator);
    expect(await sink.deliver(batch())).toMatchObject(
      misconfigured(/policy reader .* lacks the right Send for hub/),
    );
  });

  it("a wrong Event Hub: says that it is the name", async () => {
    await using emulator = await startEventHubsEmulator();
    await using sink = await openSink(emulator, { options: { eventHub: "orders" } });
    expect(await sink.deliver(batch())).toMatchObject(
      misconfigured(/there is no Event Hub orders in 127\.0\.0\.1/),
    );
    emulator.addHub("orders");
    expect(await sink.probe()).toBeUndefined();
    expect(await sink.deliver(batch())).toBeUndefined();
  });

  it("a key that is changed while the link is open: pauses, and works again with the old key restored", async () => {
    await using emulator = await startEventHubsEmulator();
    await using sink = await openSink(emulator);
    expect(await sink.deliver(batch())).toBeUndefined();
    emulator.setKey("RootManageSharedAccessKey", { key: "bmV3" });
    await expect.poll(() => sink.probe()).toMatchObject(misconfigured(/its key was changed/));
    expect(await sink.deliver(batch())).toMatchObject({ code: "FOREWARN_MISCONFIGURED" });
    emulator.setKey("RootManageSharedAccessKey", { key: "SAS_KEY_VALUE" });
    expect(await sink.probe()).toBeUndefined();
    expect(await sink.deliver(batch())).toBeUndefined();
  });

  it("an Event Hub that is deleted while the link is open: says so", async () => {
    await using emulator = await startEventHubsEmulator();
    await using sink = await openSink(emulator);
    expect(await sink.deliver(batch())).toBeUndefined();
    emulator.removeHub("hub");
    await expect.poll(() => sink.probe()).toMatchObject(misconfigured(/there is no Event Hub hub/));
  });

  it("a contradiction shows when the sink is opened", async () => {
    await using emulator = await startEventHubsEmulator();
    const options = { connectionString: `${emulator.connectionString};EntityPath=orders` };
    await expect(openSink(emulator, { options })).rejects.toMatchObject(
      misconfigured(/"hub" is not the EntityPath/),
    );
  });
});

describe("an identity, over TLS", () => {
  const tls = makeCertificate({ trusted: true });
  const audience = "https://eventhubs.azure.net";
  const later = () => Date.now() + 3_600_000;
  const claims = (expiresOn: number) => ({ aud: audience, exp: Math.ceil(expiresOn / 1000), oid: "vm-1" });

  async function start(rights: readonly ("send" | "listen")[] = ["send"]) {
    const seen: unknown[] = [];
    const emulator = await startEventHubsEmulator({
      tls,
      acceptToken({ claims }) {
        seen.push(claims["oid"]);
        return claims["aud"] === audience ? rights : undefined;
      },
    });
    return { emulator, seen, options: { namespace: `localhost:${emulator.port}` } };
  }

  it("managed identity: sends with the agent's token, no secret anywhere", async () => {
    const { emulator, seen, options } = await start();
    await using _ = emulator;
    const expiresOn = later();
    const azureToken = () => Promise.resolve({ token: tokenOf(claims(expiresOn)), expiresOn });
    await using sink = await openSink(emulator, { options, azureToken });
    expect(await sink.deliver(batch())).toBeUndefined();
    expect(emulator.hub("hub").received).toBe(1);
    expect(seen).toContain("vm-1");
  });

  it("a token that ends: a new one is asked for before, and events go on without a new connection", async () => {
    const { emulator, options } = await start();
    await using _ = emulator;
    const clock = createHandClock();
    const expiries: number[] = [];
    const azureToken = () => {
      const expiresOn = clock.now() + 10 * 60_000;
      expiries.push(expiresOn);
      return Promise.resolve({ token: tokenOf(claims(later())), expiresOn });
    };
    await using sink = await openSink(emulator, { options, azureToken, clock });
    await clock.advance(1000);
    expect(await sink.deliver(batch())).toBeUndefined();
    await clock.advance(8 * 60_000);
    await expect.poll(() => expiries).toHaveLength(2);
    expect(expiries[1]).toBeLessThan((expiries[0] as number) + 10 * 60_000);
    expect(await sink.probe()).toBeUndefined();
    await expect.poll(() => emulator.connections).toBe(1);
    emulator.faults.add({ at: "connect", do: "drop", times: "always" });
    expect(await sink.deliver(batch())).toBeUndefined();
    expect(emulator.hub("hub").received).toBe(2);
  });

  it("a missing role: says which, and quotes no token", async () => {
    const { emulator, options } = await start(["listen"]);
    await using _ = emulator;
    const token = tokenOf(claims(later()));
    const azureToken = () => Promise.resolve({ token, expiresOn: later() });
    await using sink = await openSink(emulator, { options, azureToken });
    const error = await sink.deliver(batch());
    expect(error).toMatchObject(misconfigured(/lacks the role "Azure Event Hubs Data Sender" on hub/));
    expect(`${error?.stack} ${JSON.stringify(error)}`).not.toContain(token.slice(0, 20));
  });

  it("a token for something else: says that it is the token", async () => {
    const { emulator, options } = await start();
    await using _ = emulator;
    const token = tokenOf({ ...claims(later()), aud: "https://vault.azure.net" });
    const azureToken = () => Promise.resolve({ token, expiresOn: later() });
    await using sink = await openSink(emulator, { options, azureToken });
    expect(await sink.deliver(batch())).toMatchObject(
      misconfigured(/does not accept the token of the identity/),
    );
  });

  it("no identity: says what to assign; IMDS that fails is tried again", async () => {
    const { emulator, options } = await start();
    await using _ = emulator;
    let retryable = false;
    const azureToken = () => Promise.reject(Object.assign(new Error("Identity not found"), { retryable }));
    await using sink = await openSink(emulator, { options, azureToken });
    expect(await sink.deliver(batch())).toMatchObject(
      misconfigured(/Identity not found; assign one to this VM/),
    );
    retryable = true;
    expect(await sink.deliver(batch())).toMatchObject({ code: "FOREWARN_RETRY" });
  });
});

describe("TLS", () => {
  it("a certificate that nobody vouches for: says so, and what to do", async () => {
    await using emulator = await startEventHubsEmulator({ tls: makeCertificate({ trusted: false }) });
    const connectionString = emulator.connectionStringFor({ tls: true });
    await using sink = await openSink(emulator, { options: { connectionString } });
    expect(await sink.deliver(batch())).toMatchObject(misconfigured(/certificate .*NODE_EXTRA_CA_CERTS/));
  });

  it("warns of an emulator on another machine, where all travels unencrypted", async () => {
    const connectionString =
      "Endpoint=sb://emulator.invalid;SharedAccessKeyName=a;SharedAccessKey=a2V5;UseDevelopmentEmulator=true";
    await using sink = await openSink(undefined, { options: { connectionString } });
    expect(sink.lines).toEqual([{ level: "warn", message: expect.stringMatching(/unencrypted/) }]);
  });
});
