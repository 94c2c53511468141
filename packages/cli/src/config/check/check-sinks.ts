import { type LoadedSink, loadSink, type SinkPlaces } from "../../sinks/load.ts";
import { optionsValidator } from "../../sinks/options-validator.ts";
import { type Draft, validateFilled } from "../document/draft.ts";
import { childOf, isMap, isWithin, type Pointer, valueAt } from "../pointer.ts";
import type { Finding, PlacedFinding } from "../problems/problem.ts";
import type { JsonSchema, SchemaError } from "../schema/schema-error.ts";
import { type BatchSize, parseBatch } from "./batch-size.ts";
import { ownFindings } from "./check-options.ts";
import { undeclaredKeys } from "./open-keys.ts";

/** One sink of a draft, as far as it could be looked at. */
export interface CheckedSink {
  readonly name: string;
  /** Absent where the module could not be loaded. */
  readonly loaded?: LoadedSink;
  /** Validated, with defaults; meaningful where nothing is wrong. */
  readonly options: unknown;
  /** What the definition says of batches and concurrency for these options. */
  readonly declared: { readonly batch: BatchSize; readonly concurrency?: number };
  readonly errors: readonly SchemaError[];
  readonly findings: readonly PlacedFinding[];
}

/** Loads every sink of a draft whose type is known, and validates its options; never throws. */
export async function checkSinks(draft: Draft, places: SinkPlaces): Promise<readonly CheckedSink[]> {
  const sinks = draft.document.readable ? valueAt(draft.value, "/sinks") : undefined;
  const names = isMap(sinks) ? Object.keys(sinks) : [];
  return Promise.all(names.map((name) => checkSink(name, draft, places)));
}

async function checkSink(name: string, draft: Draft, places: SinkPlaces): Promise<CheckedSink> {
  const pointer = childOf("/sinks", name);
  const type = valueAt(draft.value, `${pointer}/type`);
  const options = valueAt(draft.value, `${pointer}/options`);
  const unchecked = { name, options, declared: { batch: {} }, errors: [], findings: [] };
  const isTypeKnown = (draft.substitutions.get(`${pointer}/type`)?.failures.length ?? 0) === 0;
  if (typeof type !== "string" || !isTypeKnown) return unchecked;
  const loaded = await loadSink(type, places);
  if ("finding" in loaded) return { ...unchecked, findings: [atType(pointer, loaded.finding)] };
  if (!isMap(options)) return { ...unchecked, loaded };
  const compiled = await optionsValidator(loaded, places.importer);
  if ("finding" in compiled) return { ...unchecked, loaded, findings: [atType(pointer, compiled.finding)] };
  const parent = `${pointer}/options`;
  const checked = validateFilled(compiled.validator, options, parent, draft.substitutions);
  const errors = [
    ...checked.errors,
    ...undeclaredKeys(loaded.definition.options as JsonSchema, options, parent),
  ];
  if (errors.length > 0) return { ...unchecked, loaded, errors };
  const isKnown = [...draft.substitutions].every(
    ([place, { failures }]) => failures.length === 0 || !isWithin(place, parent),
  );
  const findings = isKnown ? ownFindings(loaded.definition, checked.value, parent) : [];
  if (findings.length > 0) return { ...unchecked, loaded, findings };
  const declared = declaredBy(loaded, checked.value);
  return "finding" in declared
    ? { ...unchecked, loaded, findings: [atType(pointer, declared.finding)] }
    : { ...unchecked, loaded, options: checked.value, declared };
}

function atType(pointer: Pointer, finding: Finding): PlacedFinding {
  return { ...finding, path: `${pointer}/type`, at: "value" };
}

function declaredBy(
  { definition }: LoadedSink,
  options: unknown,
): CheckedSink["declared"] | { readonly finding: Finding } {
  const { batch, concurrency } = definition;
  try {
    const most = typeof concurrency === "function" ? concurrency(options as never) : concurrency;
    return {
      batch: parseBatch((typeof batch === "function" ? batch(options as never) : batch) ?? {}),
      ...(most === undefined ? {} : { concurrency: most }),
    };
  } catch (error) {
    return {
      finding: {
        code: "CONFIG_SINK_BROKEN",
        message: `the sink ${definition.type} cannot say how to batch its events: ${error instanceof Error ? error.message : String(error)}`,
        suggestion: "its author must correct `batch` or `concurrency`",
      },
    };
  }
}
