import type { InstanceDocument } from "@forewarn/imds";
import { isMap, type Machine, partAt, type Part } from "./machine.ts";
import { keyed, keyOfList } from "./natural-keys.ts";

/**
 * An instance document as a machine: every field that was sent, unknown ones too, with maps by natural key in place of
 * lists. `compute.tags` is the map of `tagsList`, and of the text `tags` only where a host knows no `tagsList`. What
 * IMDS says to be empty ("") is null, so that it differs from what it does not mention.
 */
export function normalOf(document: InstanceDocument): Machine {
  const machine = mapOf(document as Readonly<Record<string, unknown>>);
  const compute = partAt(machine, "compute");
  return isMap(compute) ? { ...machine, compute: withTags(compute) } : machine;
}

function mapOf(value: Readonly<Record<string, unknown>>): Machine {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, field]) => {
      const part = readPart(name, field);
      return part === undefined ? [] : [[name, part]];
    }),
  );
}

function readPart(name: string, value: unknown): Part | undefined {
  if (value === "" || value === null) return null;
  if (name === "macAddress" && typeof value === "string") return macOf(value);
  if (Array.isArray(value)) return listOf(name, value);
  if (typeof value === "object") return mapOf(value as Readonly<Record<string, unknown>>);
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? value
    : undefined;
}

function listOf(name: string, value: readonly unknown[]): Part {
  const elements = value.flatMap((element) => readPart("", element) ?? []);
  const key = keyOfList(name);
  return key === undefined ? elements : keyed(elements, key);
}

/** Azure writes them in upper case without separators. */
function macOf(value: string): string {
  const digits = value.replaceAll(/[^0-9a-f]/gi, "").toUpperCase();
  return digits === "" ? value : digits;
}

function withTags(compute: Machine): Machine {
  const { tags, tagsList, ...rest } = compute;
  if (isMap(tagsList)) return { ...rest, tags: valuesOf(tagsList) };
  if (tagsList !== undefined || tags === undefined) return rest;
  if (typeof tags !== "string") return { ...rest, tags: {} };
  // A text that names no tag says nothing of them; that there are none is said by "".
  const split = splitTags(tags);
  return Object.keys(split).length === 0 ? rest : { ...rest, tags: split };
}

/** The elements of `tagsList` by name are only their values; a tag without one is "". */
function valuesOf(tagsList: Machine): Machine {
  return Object.fromEntries(
    Object.entries(tagsList).flatMap(([name, tag]) => {
      if (!isMap(tag) || typeof tag["name"] !== "string") return [];
      return [[name, typeof tag["value"] === "string" ? tag["value"] : ""]];
    }),
  );
}

function splitTags(text: string): Machine {
  return Object.fromEntries(
    text.split(";").flatMap((tag) => {
      const colon = tag.indexOf(":");
      return colon < 1 ? [] : [[tag.slice(0, colon), tag.slice(colon + 1)]];
    }),
  );
}
