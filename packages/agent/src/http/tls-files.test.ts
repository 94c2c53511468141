import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAuthority } from "./fixtures/authority.ts";
import type { Certificate } from "./fixtures/loopback.ts";
import { readTls } from "./tls-files.ts";
import type { TlsFiles } from "./tls-reading.ts";

const folder = mkdtempSync(join(tmpdir(), "forewarn-tls-"));
const at = (name: string) => join(folder, name);
const years = 20 * 365 * 24 * 3_600_000;

const write = (name: string, ...texts: readonly (string | Buffer)[]): string => {
  writeFileSync(at(name), Buffer.concat(texts.map((text) => Buffer.from(text))));
  return at(name);
};

let client: Certificate;
let encrypted: Certificate;
let authority: ReturnType<typeof createAuthority>;

beforeAll(() => {
  authority = createAuthority("authority");
  client = authority.issue("DNS:client.test");
  encrypted = authority.issue("DNS:client.test", "open sesame");
  write("ca.pem", authority.pem);
  write("cert.pem", client.cert);
  write("key.pem", client.key);
  write("encrypted.pem", encrypted.key);
  write("encrypted-cert.pem", encrypted.cert);
});

afterAll(() => rmSync(folder, { recursive: true }));

const read = (files: TlsFiles, now = Date.now()) => readTls(files, now);

async function problemsOf(files: TlsFiles): Promise<readonly string[]> {
  const { problems } = await read(files);
  return problems.map(({ key, message, suggestion }) =>
    `${key} ${message}; ${suggestion}`.replaceAll(folder, ""),
  );
}

describe("files that are right", () => {
  test("a bundle of authorities, whatever stands between them", async () => {
    const other = createAuthority("other");
    const path = write("bundle.pem", "# ours\n", authority.pem, "\nsubject=CN=other\n", other.pem);
    const { problems, warnings, authorities, identity } = await read({ ca: path });
    expect({ problems, warnings, identity }).toEqual({ problems: [], warnings: [], identity: {} });
    expect(authorities.map((pem) => pem.trim())).toEqual([authority.pem.trim(), other.pem.trim()]);
  });

  test("a client certificate with its chain, and its key", async () => {
    const chain = write("chain.pem", client.cert, authority.pem);
    const { problems, warnings, identity } = await read({ cert: chain, key: at("key.pem") });
    expect({ problems, warnings }).toEqual({ problems: [], warnings: [] });
    expect(identity).toEqual({ cert: client.cert + authority.pem, key: client.key });
  });

  test("both in one file", async () => {
    const both = write("both.pem", client.key, client.cert);
    expect(await problemsOf({ cert: both, key: both })).toEqual([]);
  });

  test("an encrypted key with its passphrase", async () => {
    const files = { cert: at("encrypted-cert.pem"), key: at("encrypted.pem"), passphrase: "open sesame" };
    const { problems, identity } = await read(files);
    expect([problems, identity.passphrase]).toEqual([[], "open sesame"]);
  });
});

describe("files that are wrong: which, what, and what to do", () => {
  test.each([
    [{ ca: at("absent.pem") }, ["ca cannot read /absent.pem: there is no such file; correct the path"]],
    [{ ca: folder }, ["ca cannot read : it is a directory; correct the path"]],
    [{ ca: at("key.pem") }, ["ca /key.pem holds a private key and no certificate; give it as `key`"]],
    [
      { cert: at("absent.pem"), key: at("gone.pem") },
      [
        "cert cannot read /absent.pem: there is no such file; correct the path",
        "key cannot read /gone.pem: there is no such file; correct the path",
      ],
    ],
    [{ cert: at("cert.pem") }, ["cert means nothing without `key`; add `key`, the file of its private key"]],
    [{ key: at("key.pem") }, ["key means nothing without `cert`; add `cert`, the file of its certificate"]],
    [{ passphrase: "s3cret" }, ["passphrase means nothing without `key`; add `key`, or remove it"]],
    [
      { cert: at("key.pem"), key: at("cert.pem") },
      [
        "cert /key.pem holds a private key and no certificate; give it as `key`",
        "key /cert.pem holds a certificate and no private key; give it as `cert`",
      ],
    ],
    [
      { cert: at("encrypted-cert.pem"), key: at("key.pem") },
      [
        "key /key.pem is not the key of the first certificate of `cert`; give the two that belong together; in `cert`, the client's own certificate comes first",
      ],
    ],
    [
      { cert: at("encrypted-cert.pem"), key: at("encrypted.pem") },
      ['key /encrypted.pem is encrypted; add `passphrase: "${env:NAME}"` beside it'],
    ],
    [
      { cert: at("encrypted-cert.pem"), key: at("encrypted.pem"), passphrase: "s3cret" },
      ["passphrase does not open /encrypted.pem; correct it"],
    ],
  ] as const)("%j", async (files, said) => {
    expect(await problemsOf(files)).toEqual(said);
  });

  test("a key as a text is not repeated", async () => {
    const said =
      "key is a text where the path of a file is asked for; write it into a file, and give the path of that";
    expect(await problemsOf({ cert: at("cert.pem"), key: client.key })).toEqual([said]);
    expect(await problemsOf({ cert: at("cert.pem"), key: client.key.replaceAll("\n", "") })).toEqual([said]);
  });

  test("DER where PEM is asked for", async () => {
    const der = write("cert.der", Buffer.from(client.cert.replace(/-----.*-----|\s/g, ""), "base64"));
    expect(await problemsOf({ ca: der })).toEqual([
      "ca /cert.der holds no certificate in PEM (-----BEGIN CERTIFICATE-----); convert it: openssl x509 -inform der -in FILE -out FILE.pem",
    ]);
    expect(await problemsOf({ cert: at("cert.pem"), key: der })).toEqual([
      "key /cert.der holds no private key in PEM (-----BEGIN PRIVATE KEY-----); convert it: openssl pkey -inform der -in FILE -out FILE.pem",
    ]);
  });

  test("a certificate and a key that are cut short", async () => {
    const cut = (pem: string) => pem.replace(/\n.{10}/, "\n");
    const ca = write("cut.pem", authority.pem, cut(client.cert));
    const key = write("cut-key.pem", cut(client.key));
    expect(await problemsOf({ ca, cert: at("cert.pem"), key })).toEqual([
      "ca certificate 2 of /cut.pem is broken; copy the file again, whole",
      "key the private key of /cut-key.pem is broken; copy the file again, whole",
    ]);
  });

  test.skipIf(process.getuid?.() !== 0)(
    "a file that the agent's user may not read (needs root)",
    async () => {
      mkdirSync(at("shut"), { mode: 0o700 });
      write("shut/key.pem", client.key);
      chmodSync(folder, 0o755);
      process.seteuid?.(65_534);
      try {
        expect(await problemsOf({ ca: at("shut/key.pem") })).toEqual([
          "ca cannot read /shut/key.pem: permission denied; let the agent's user read it",
        ]);
      } finally {
        process.seteuid?.(0);
      }
    },
  );
});

describe("what is not valid now is warned of", () => {
  test("expired, and not valid yet", async () => {
    const files = { ca: at("ca.pem"), cert: at("cert.pem"), key: at("key.pem") };
    const later = await read(files, Date.now() + years);
    expect(later.problems).toEqual([]);
    expect(later.warnings).toEqual(
      ["cert", "ca"].map((key) => ({
        key,
        message: expect.stringMatching(/^expired on \d{4}-\d\d-\d\d$/),
        suggestion: "have a new one issued",
      })),
    );
    const earlier = await read(files, Date.now() - years);
    expect(earlier.warnings).toContainEqual({
      key: "cert",
      message: expect.stringMatching(/^is not valid before \d{4}-\d\d-\d\d$/),
      suggestion: "check the clock of this machine",
    });
  });
});
