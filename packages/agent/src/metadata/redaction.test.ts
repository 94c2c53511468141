import { parseInstance } from "@forewarn/imds";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import samples from "../fixtures/instances.json" with { type: "json" };
import { normalOf } from "./normal.ts";
import { secretRule, withoutSecrets } from "./redaction.ts";
import { createRules } from "./rules.ts";

const redacted = (document: unknown, ...patterns: readonly string[]) =>
  withoutSecrets(normalOf(parseInstance(JSON.stringify(document))), secretRule(patterns));

describe("never, wherever it stands", () => {
  test.each(["userData", "customData", "publicKeys", "encryptionSettings", "USERDATA"])("%s", (name) => {
    const text = JSON.stringify(
      redacted({
        compute: { name: "x", [name]: "canary", future: [{ [name]: { deep: "canary" } }] },
        [name]: ["canary"],
      }),
    );
    expect(text).toContain("future");
    expect(text).not.toContain("canary");
  });

  test("fields yet unknown that are named like a secret; the known one that holds none stays", () => {
    const names = [
      "adminPassword",
      "sasToken",
      "clientSecret",
      "private_key",
      "connectionString",
      "Credentials",
      "apiKey",
      "storage-account-key",
      "passwd",
      "blobSasUrl",
    ];
    const compute = Object.fromEntries(names.map((name) => [name, "canary"]));
    expect(redacted({ compute: { ...compute, name: "x" } })).toEqual({ compute: { name: "x" } });
    const osProfile = { disablePasswordAuthentication: "true" };
    expect(redacted({ compute: { osProfile } })).toEqual({ compute: { osProfile } });
  });

  test("a tag is a person's own, whatever its name", () => {
    const tagsList = [{ name: "token-owner", value: "team-a" }];
    expect(redacted({ compute: { tagsList } })).toEqual({ compute: { tags: { "token-owner": "team-a" } } });
  });

  test("nothing of the vaults and keys of the specification's example", () => {
    const text = JSON.stringify(redacted(samples.specification));
    expect(text).toContain("exampledatadiskname");
    expect(text).not.toMatch(/vault|ssh-rsa|keyData|secretUrl/i);
  });
});

describe("a pattern", () => {
  const document = {
    compute: {
      name: "web",
      vmId: "1",
      osProfile: { adminUsername: "root", computerName: "web" },
      tagsList: [{ name: "a/b", value: "c" }],
    },
    network: {
      interface: [
        {
          macAddress: "AA",
          ipv4: { ipAddress: [{ privateIpAddress: "10.0.0.4", publicIpAddress: "203.0.113.1" }] },
        },
      ],
    },
  };

  test.each([
    ["/compute/osProfile/adminUsername", /"root"/],
    ["/COMPUTE/osprofile/adminUSERNAME", /"root"/],
    ["/compute/osProfile", /osProfile/],
    ["/compute/*/admin*", /"root"/],
    ["/**/publicIpAddress", /203\.0/],
    ["/network/interface/*/ipv4/ipAddress/*/publicIpAddress", /203\.0/],
    ["/network/**/publicIpAddress", /203\.0/],
    ["/network", /10\.0/],
    ["/compute/tags/a~1b", /a\/b/],
  ])("%s", (pattern, gone) => {
    expect(JSON.stringify(redacted(document))).toMatch(gone);
    expect(JSON.stringify(redacted(document, pattern))).not.toMatch(gone);
  });

  test.each(["/compute/admin", "/compute/osProfile/admin", "/osProfile", "/publicIpAddress", "/"])(
    "%s names nothing here",
    (pattern) => expect(redacted(document, pattern)).toEqual(redacted(document)),
  );

  test("takes away all but the VM's name and vmId, which scheduled events and receivers need", () => {
    const bare = { compute: { name: "web", vmId: "1" } };
    expect(redacted(document, "/**")).toEqual(bare);
    expect(redacted(document, "/compute", "/network")).toEqual(bare);
    expect(
      redacted(document, "/compute/name", "/compute/vmId", "/compute/osProfile", "/compute/tags", "/network"),
    ).toEqual(bare);
  });
});

describe("tags", () => {
  const tags = { Env: "prod", "cost-center": "7", "cost-owner": "a", secret: "x" };
  const chosen = (include: readonly string[], exclude: readonly string[]) =>
    Object.keys(
      (
        createRules({ redact: [], tags: { include, exclude } }).apply({ compute: { tags } }) as {
          compute: { tags: object };
        }
      ).compute.tags,
    );

  test.each<[readonly string[], readonly string[], readonly string[]]>([
    [["*"], [], ["Env", "cost-center", "cost-owner", "secret"]],
    [["*"], ["SECRET"], ["Env", "cost-center", "cost-owner"]],
    [["env", "cost-*"], ["*owner"], ["Env", "cost-center"]],
    [[], [], []],
    [["*"], ["*"], []],
  ])("that match %j and not %j: %j", (include, exclude, expected) => {
    expect(chosen(include, exclude)).toEqual(expected);
  });
});

test("doing it twice does nothing more", () => {
  const pattern = fc.constantFrom("/compute/*", "/**/lun", "/network/**", "/compute/tags/e*", "/compute");
  const sample = fc.constantFrom(...Object.values(samples));
  fc.assert(
    fc.property(fc.array(pattern), sample, (redact, document) => {
      const rules = createRules({ redact, tags: { include: ["*"], exclude: ["o*"] } });
      const once = rules.apply(normalOf(parseInstance(JSON.stringify(document))));
      expect(rules.apply(once)).toEqual(once);
    }),
  );
});
