import type { Filter } from "@forewarn/sdk";

/** Whether an event passes a filter. */
export type FilterTest = (event: object) => boolean;

type Compare = (value: string, wanted: string) => boolean;

const compares: Readonly<Record<"exact" | "prefix" | "suffix", Compare>> = {
  exact: (value, wanted) => value === wanted,
  prefix: (value, wanted) => value.startsWith(wanted),
  suffix: (value, wanted) => value.endsWith(wanted),
};

/**
 * The test that a filter of the CloudEvents Subscriptions API asks for. Attributes that are no texts are compared by
 * their canonical strings: `true`, `17`. An attribute that an event lacks matches nothing, so that `not` of it holds.
 */
export function createFilter(filter: Filter): FilterTest {
  const tests = partsOf(filter);
  return (event) => tests.every((test) => test(event));
}

function partsOf({ all, any, not, ...comparing }: Filter): readonly FilterTest[] {
  const tests = Object.entries(compares).flatMap(([dialect, compare]) =>
    Object.entries(comparing[dialect as keyof typeof compares] ?? {}).map(
      ([attribute, wanted]): FilterTest =>
        (event) => {
          const value = attributeOf(event, attribute);
          return value !== undefined && compare(value, wanted);
        },
    ),
  );
  if (all !== undefined) tests.push(...all.map(createFilter));
  if (any !== undefined) {
    const choices = any.map(createFilter);
    tests.push((event) => choices.some((choice) => choice(event)));
  }
  if (not !== undefined) {
    const inner = createFilter(not);
    tests.push((event) => !inner(event));
  }
  return tests;
}

/** A context attribute as its canonical string; undefined for what is none, such as `data`. */
function attributeOf(event: object, name: string): string | undefined {
  const value: unknown = Object.hasOwn(event, name) ? event[name as keyof typeof event] : undefined;
  const isAttribute =
    name !== "data" && (typeof value === "string" || typeof value === "number" || typeof value === "boolean");
  return isAttribute ? String(value) : undefined;
}
