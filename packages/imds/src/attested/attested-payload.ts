import { isJsonObject } from "../tolerant-json.ts";
import { CheckFailure } from "./attested-check.ts";

/** What Azure attests about a VM; a field that the api-version or the VM lacks is "" (Azure docs: IMDS, attested data). */
export interface AttestedPayload {
  readonly nonce: string;
  readonly vmId: string;
  /** Since api-version 2019-04-30. */
  readonly subscriptionId: string;
  /** Since 2019-11-01. */
  readonly sku: string;
  /** Since 2020-09-01, and only of a VM with Azure Hybrid Benefit. */
  readonly licenseType: string;
  readonly plan: { readonly name: string; readonly product: string; readonly publisher: string };
  /** Epoch milliseconds; absent where the document names no times. */
  readonly createdOn?: number;
  /** Epoch milliseconds. */
  readonly expiresOn?: number;
}

type Fields = Readonly<Record<string, unknown>>;

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

const fieldsOf = (value: unknown): Fields => (isJsonObject(value) ? value : {});

/** Reads the signed content; throws a `CheckFailure` unless it is JSON with a nonce and a vmId, its times, if any, well-formed. */
export const readPayload = (content: Uint8Array): AttestedPayload => {
  const fields = fieldsOf(parse(content));
  const times = fieldsOf(fields["timeStamp"] ?? fields["timestamp"]);
  const plan = fieldsOf(fields["plan"]);
  const payload = {
    nonce: textOf(fields["nonce"]),
    vmId: textOf(fields["vmId"]),
    subscriptionId: textOf(fields["subscriptionId"]),
    sku: textOf(fields["sku"]),
    licenseType: textOf(fields["licenseType"]),
    plan: {
      name: textOf(plan["name"]),
      product: textOf(plan["product"]),
      publisher: textOf(plan["publisher"]),
    },
    ...timeOf(times, "createdOn"),
    ...timeOf(times, "expiresOn"),
  };
  if (payload.nonce === "" || payload.vmId === "")
    throw new CheckFailure("the signed content lacks a nonce or a vmId.");
  return payload;
};

const parse = (content: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(content));
  } catch {
    throw new CheckFailure("the signed content is not JSON.");
  }
};

/** `MM/DD/YY HH:mm:ss -0000`, in epoch milliseconds. */
const timeOf = <Name extends string>(times: Fields, name: Name): { readonly [name in Name]?: number } => {
  if (times[name] === undefined) return {};
  const match = /^(\d\d)\/(\d\d)\/(\d\d) (\d\d:\d\d:\d\d) [-+]0000$/.exec(textOf(times[name]));
  const [, month, day, year, clock] = match ?? [];
  const time = match === null ? Number.NaN : Date.parse(`20${year}-${month}-${day}T${clock}Z`);
  if (Number.isNaN(time))
    throw new CheckFailure(`timeStamp.${name} is no time of the form MM/DD/YY HH:mm:ss -0000.`);
  return { [name]: time } as { readonly [name in Name]?: number };
};
