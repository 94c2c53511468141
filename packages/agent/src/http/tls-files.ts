import type { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { certificatesIn, keyProblems, refusedByOpenSsl } from "./tls-pem.ts";
import type { Saying, TlsFiles, TlsFinding, TlsReading } from "./tls-reading.ts";

/** Reads the files and checks them against each other, as of `now` (epoch ms); never rejects. */
export async function readTls(files: TlsFiles, now: number): Promise<TlsReading> {
  const problems: TlsFinding[] = [];
  const texts: Partial<Record<keyof TlsFiles, string>> = {};
  for (const key of ["ca", "cert", "key"] as const) {
    const path = files[key];
    if (path === undefined) continue;
    if (/-----BEGIN|[\r\n]/.test(path)) {
      problems.push({ key, ...inline });
      continue;
    }
    try {
      texts[key] = await readFile(path, "utf8");
    } catch (error) {
      problems.push({ key, ...unreadable(path, error) });
    }
  }
  problems.push(...missing(files));
  const certificates = (key: "ca" | "cert") => {
    const text = texts[key];
    const found = text === undefined ? [] : certificatesIn(text, files[key] as string);
    if (!Array.isArray(found)) problems.push({ key, ...(found as Saying) });
    return Array.isArray(found) ? (found as readonly X509Certificate[]) : [];
  };
  const authorities = certificates("ca");
  const chain = certificates("cert");
  const { key, cert } = texts;
  if (key !== undefined) problems.push(...keyProblems(key, files, chain[0]));
  const { passphrase } = files;
  const identity =
    cert === undefined || key === undefined
      ? {}
      : { cert, key, ...(passphrase === undefined ? {} : { passphrase }) };
  if (problems.length === 0) problems.push(...refusedByOpenSsl(identity));
  return {
    problems,
    warnings: [...untimely("cert", chain.slice(0, 1), now), ...untimely("ca", authorities, now)],
    authorities: authorities.map(String),
    identity,
  };
}

function missing(files: TlsFiles): readonly TlsFinding[] {
  const needs = (key: keyof TlsFiles, other: "cert" | "key", suggestion: string): readonly TlsFinding[] =>
    files[key] === undefined || files[other] !== undefined
      ? []
      : [{ key, message: `means nothing without \`${other}\``, suggestion }];
  return [
    ...needs("cert", "key", "add `key`, the file of its private key"),
    ...needs("key", "cert", "add `cert`, the file of its certificate"),
    ...(files.key === undefined ? needs("passphrase", "key", "add `key`, or remove it") : []),
  ];
}

// Repeating it would show a private key.
const inline: Saying = {
  message: "is a text where the path of a file is asked for",
  suggestion: "write it into a file, and give the path of that",
};

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "it is a directory",
  ENOTDIR: "a part of its path is not a directory",
};

function unreadable(path: string, error: unknown): Saying {
  const { code = "", message } = error as NodeJS.ErrnoException;
  const suggestion =
    code === "EACCES" || code === "EPERM" ? "let the agent's user read it" : "correct the path";
  return { message: `cannot read ${path}: ${reasons[code] ?? message}`, suggestion };
}

/** Warns where no certificate of these is valid now: of a bundle of authorities some may be old. */
function untimely(
  key: "ca" | "cert",
  certificates: readonly X509Certificate[],
  now: number,
): readonly TlsFinding[] {
  const [first] = certificates;
  const isValid = ({ validFromDate, validToDate }: X509Certificate) =>
    validFromDate.getTime() <= now && now < validToDate.getTime();
  if (first === undefined || certificates.some(isValid)) return [];
  const isOver = first.validToDate.getTime() <= now;
  const day = (isOver ? first.validToDate : first.validFromDate).toISOString().slice(0, 10);
  return [
    isOver
      ? { key, message: `expired on ${day}`, suggestion: "have a new one issued" }
      : { key, message: `is not valid before ${day}`, suggestion: "check the clock of this machine" },
  ];
}
