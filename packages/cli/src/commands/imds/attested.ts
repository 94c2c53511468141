import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import type { AttestedDocument } from "@forewarn/imds";
import { type Command, type Given, UsageError } from "../../command.ts";
import { exitCode } from "../../exit-code.ts";
import type { Io } from "../../io.ts";
import { paintFor } from "../../log/color.ts";
import { askImds } from "../given/asking.ts";
import { endpointOption } from "../given/endpoint.ts";
import { type Attestation, attestationJson, attestationText } from "./attested-text.ts";

/** What Azure attests about this VM. */
export const imdsAttested: Command = {
  name: "imds attested",
  summary: "Shows what Azure attests about this VM; --verify checks that Azure did.",
  options: {
    nonce: {
      type: "string",
      value: "N",
      help: "What the document must repeat: 10 digits, by Azure's documentation. Default: random ones.",
    },
    verify: {
      type: "boolean",
      help: "Check signature, certificates, times and nonce; exit 1 where one of them is wrong.",
    },
    ca: {
      type: "string",
      value: "FILE",
      help: "With --verify: trust the roots in this PEM file alone. Default: those that come with Node.js.",
    },
    ...endpointOption,
  },
  examples: [
    ["forewarn imds attested", "the decoded document, nobody having checked it"],
    ["forewarn imds attested --nonce 1234567890 --verify", "each check with what was found; exit 0 or 1"],
    ["forewarn imds attested --verify --ca root.pem", "against a simulator's /pki/root.pem"],
    ["forewarn imds attested --verify --json | jq -r .document.vmId", "for programs"],
  ],
  run: async ({ options }, io) => {
    const nonce = nonceOf(options);
    const roots = rootsOf(options);
    return askImds({ command: "imds attested", options }, io, async (client) => {
      const document = await client.attestedDocument(nonce);
      const found = await examined(document, { nonce, roots, options });
      return print(found, options, io);
    });
  },
};

function print(found: Attestation, options: Given["options"], io: Io): number {
  const { verified, document, checks } = found;
  io.stdout.write(
    options["json"] === true
      ? `${JSON.stringify(attestationJson(found), null, 2)}\n`
      : attestationText(found, Date.now(), paintFor(io.stdout, io.env)),
  );
  if (verified !== false && document !== null) return exitCode.ok;
  const failed = checks.filter(({ ok }) => !ok).map(({ name }) => name);
  io.stderr.write(`forewarn imds attested: the document is not to be trusted: ${failed.join(", ")}\n`);
  return exitCode.failed;
}

function nonceOf({ nonce }: Given["options"]): string {
  if (nonce === undefined) return String(randomInt(1_000_000_000, 10_000_000_000));
  if (typeof nonce === "string" && /^[\w-]{1,32}$/.test(nonce)) return nonce;
  throw new UsageError(
    `--nonce takes 10 digits (or up to 32 letters, digits, - and _), got ${JSON.stringify(nonce)}`,
  );
}

function rootsOf({ ca, verify }: Given["options"]): readonly string[] | undefined {
  if (typeof ca !== "string") return undefined;
  if (verify !== true) throw new UsageError("--ca goes with --verify");
  let text = "";
  try {
    text = readFileSync(ca, "utf8");
  } catch (error) {
    throw new UsageError(`--ca: ${(error as Error).message}`);
  }
  const roots = text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g);
  if (roots === null)
    throw new UsageError(`--ca: ${ca} holds no certificate in PEM (-----BEGIN CERTIFICATE-----)`);
  return roots;
}

interface Wanted {
  readonly nonce: string;
  readonly roots: readonly string[] | undefined;
  readonly options: Given["options"];
}

/** Reads the document, and checks it where that is wanted; the library for it is loaded only here. */
async function examined(document: AttestedDocument, { nonce, roots, options }: Wanted): Promise<Attestation> {
  const { AttestedDocumentError, fetchIssuerByHttp, verifyAttestedDocument } =
    await import("@forewarn/imds/attested");
  const verify = options["verify"] === true;
  const ca = typeof options["ca"] === "string" ? options["ca"] : null;
  const about = { asked: nonce, ca };
  try {
    const { payload, checks, certificates } = await verifyAttestedDocument(document, {
      nonce,
      trustedRoots: roots,
      // A document holds only its own certificate, which names where its issuer's is.
      fetchIssuer: verify ? fetchIssuerByHttp : undefined,
    });
    return { ...about, document: payload, verified: verify ? true : null, checks, certificates };
  } catch (error) {
    if (!(error instanceof AttestedDocumentError)) throw error;
    const { unverified = null, checks } = error;
    return { ...about, document: unverified, verified: verify ? false : null, checks, certificates: [] };
  }
}
