import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { whyNoNamespace } from "../e2e/namespace.ts";
import { type AtAzure, atAzure } from "./at-azure.ts";

const why = whyNoNamespace();
if (why !== undefined) console.log(`SKIPPED the documentation's curl commands at 169.254.169.254: ${why}`);

const addresses = { frontendIpAddress: "50.0.0.1", privateIpAddress: "10.1.0.4" };
const loadBalancer = {
  publicIpAddresses: [{ frontendIpAddress: "51.0.0.1", privateIpAddress: "10.1.0.4" }],
  inboundRules: [{ ...addresses, protocol: "tcp", frontendPort: 80, backendPort: 443 }],
  outboundRules: [addresses],
};
const userData = Buffer.from("hello from user data").toString("base64");

describe.skipIf(why !== undefined)("the commands of Azure's documentation, unchanged", () => {
  let azure: AtAzure;
  beforeAll(async () => void (azure = await atAzure({ vm: { loadBalancer, userData } })));
  afterAll(() => azure[Symbol.asyncDispose]());

  const sh = async (command: string): Promise<string> => {
    const ran = await azure.sh(command);
    expect(ran, ran.stderr).toMatchObject({ status: 0 });
    return ran.stdout;
  };
  const json = async (command: string) => JSON.parse(await sh(command)) as unknown;

  test.each([
    [
      `curl -s -H Metadata:true --noproxy "*" "http://169.254.169.254/metadata/instance?api-version=2025-04-07"`,
      { compute: { name: "web-01" }, network: { interface: [{ macAddress: "000D3AF806EC" }] } },
    ],
    [
      `curl -s -H Metadata:true --noproxy "*" "http://169.254.169.254/metadata/versions"`,
      { apiVersions: expect.arrayContaining(["2017-04-02", "2025-04-07"]) },
    ],
    [
      `curl -s -H Metadata:true --noproxy "*" "http://169.254.169.254/metadata/instance/compute/tagsList?api-version=2019-06-04"`,
      [
        { name: "env", value: "prod" },
        { name: "owner", value: "team-a" },
      ],
    ],
    [
      `curl -s -H Metadata:true --noproxy "*" "http://169.254.169.254/metadata/instance/network?api-version=2017-08-01"`,
      { interface: [{ ipv4: { ipAddress: [{ privateIpAddress: "10.1.0.4" }] } }] },
    ],
    [
      `curl -s -H Metadata:true --noproxy "*" "http://169.254.169.254/metadata/attested/document?api-version=2020-09-01"`,
      { encoding: "pkcs7", signature: expect.stringMatching(/^MII[\w+/]+=*$/) },
    ],
    [
      `curl 'http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fmanagement.azure.com%2F' -H Metadata:true -s`,
      { resource: "https://management.azure.com/", token_type: "Bearer", expires_in: "86400" },
    ],
    [
      `curl -s -H "Metadata:true" --noproxy "*" "http://169.254.169.254:80/metadata/loadbalancer?api-version=2020-10-01"`,
      { loadbalancer: loadBalancer },
    ],
    [
      `curl -s -H Metadata:true http://169.254.169.254/metadata/scheduledevents?api-version=2020-07-01`,
      { DocumentIncarnation: 2, Events: [{ EventType: "Freeze", EventStatus: "Scheduled" }] },
    ],
  ])("%s", async (command, expected) => {
    expect(await json(command)).toMatchObject(expected);
  });

  test("leaves as text, user data decoded", async () => {
    const url = "http://169.254.169.254/metadata/instance";
    const decoded = await sh(
      `curl -s -H Metadata:true --noproxy "*" "${url}/compute/userData?api-version=2021-01-01&format=text" | base64 --decode`,
    );
    expect(decoded).toBe("hello from user data");
    const address = await sh(
      `curl -s -H Metadata:true --noproxy "*" "${url}/network/interface/0/ipv4/ipAddress/0/publicIpAddress?api-version=2017-08-01&format=text"`,
    );
    expect(address).toBe("203.0.113.10");
  });

  test("an event is approved, and starts", async () => {
    const approve = `curl -s -H Metadata:true -X POST -d '{"StartRequests": [{"EventId": "${azure.eventId}"}]}' http://169.254.169.254/metadata/scheduledevents?api-version=2020-07-01`;
    await sh(`${approve} --fail`);
    const show = `curl -s -H Metadata:true http://169.254.169.254/metadata/scheduledevents?api-version=2020-07-01`;
    expect(await json(show)).toMatchObject({ Events: [{ EventStatus: "Started", NotBefore: "" }] });
  });

  test("a document's intermediate certificate lies where the leaf says, also at this address", async () => {
    const documented = `curl -s -H Metadata:True --noproxy "*" "http://169.254.169.254/metadata/attested/document?api-version=2020-09-01&nonce=1234567890"`;
    const { signature } = (await json(documented)) as { readonly signature: string };
    const url = /http:\/\/169\.254\.169\.254\/pki\/intermediate\.cer/.exec(
      Buffer.from(signature, "base64").toString("latin1"),
    );
    const size = await sh(`curl -s --fail -o /dev/null -w '%{size_download}' "${url?.[0]}"`);
    expect(Number(size)).toBeGreaterThan(700);
  });
});
