import type { ImdsToken } from "@forewarn/imds";
import { formatDuration, oneLine } from "@forewarn/sdk";
import type { Paint } from "../../log/color.ts";
import { localTime } from "../../print/local-time.ts";
import { claimsOf } from "./claims.ts";

/** Claims whose meaning is worth a word (Entra docs: "Access token claims reference"). */
const meanings: Readonly<Record<string, string>> = {
  aud: "for whom it is",
  iss: "who issued it",
  appid: "client id of the identity",
  azp: "client id of the identity",
  oid: "object id of the identity, as role assignments name it",
  sub: "subject",
  tid: "tenant",
  xms_mirid: "the resource whose identity it is",
  roles: "application roles",
  idtyp: "app or user",
};
const times: ReadonlySet<string> = new Set(["iat", "nbf", "exp"]);

/** What a token is, for people; the token itself only where it shall be shown. */
export function tokenText(
  token: ImdsToken,
  showSecret: boolean,
  { now, paint }: { readonly now: number; readonly paint: Paint },
): string {
  const { expiresOn, resource, tokenType, clientId, accessToken } = token;
  const left = expiresOn - now;
  const expires = `${localTime(expiresOn)}, ${left > 0 ? `in ${formatDuration(left)}` : paint("red", `${formatDuration(-left)} ago`)}`;
  const read = claimsOf(accessToken);
  const about: readonly Row[] = [
    ["resource", resource],
    [
      "type",
      `${tokenType}, ${read === null ? "opaque: it has no claims to read" : `JWT signed with ${String(read.header["alg"])}`}`,
    ],
    ...(clientId === undefined ? [] : [["client id", clientId] as const]),
    ["expires", expires],
  ];
  const claims = Object.entries(read?.claims ?? {}).map(([name, value]): Row => [
    name,
    claimText(name, value),
    meanings[name],
  ]);
  return [
    ...rows(about, "", paint),
    ...(claims.length === 0
      ? []
      : ["", "Claims, their signature not checked:", ...rows(claims, "  ", paint)]),
    "",
    showSecret ? accessToken : paint("dim", "The token itself is not shown; --show-secret prints it."),
    "",
  ].join("\n");
}

/** What a token is, for programs; times in RFC 3339. */
export function tokenJson(token: ImdsToken, showSecret: boolean): object {
  const { expiresOn, notBefore, resource, tokenType, clientId, accessToken } = token;
  const read = claimsOf(accessToken);
  return {
    resource,
    tokenType,
    clientId: clientId ?? null,
    notBefore: notBefore === undefined ? null : new Date(notBefore).toISOString(),
    expiresOn: new Date(expiresOn).toISOString(),
    header: read?.header ?? null,
    claims: read?.claims ?? null,
    ...(showSecret ? { accessToken } : {}),
  };
}

type Row = readonly [name: string, text: string, meaning?: string | undefined];

function rows(all: readonly Row[], indent: string, paint: Paint): readonly string[] {
  const width = Math.max(...all.map(([name]) => name.length));
  return all.map(([name, text, meaning]) => {
    const remark = meaning === undefined ? "" : `  ${paint("dim", `(${meaning})`)}`;
    return `${indent}${paint("dim", name.padEnd(width))}  ${oneLine(text)}${remark}`;
  });
}

function claimText(name: string, value: unknown): string {
  if (times.has(name) && typeof value === "number") return localTime(value * 1000);
  return typeof value === "string" ? value : JSON.stringify(value);
}
