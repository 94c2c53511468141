import { expect, test } from "vitest";
import { checkAll, errorsOfCheck } from "./check-all.ts";
import { MisconfiguredError } from "./errors.ts";

const failing = (message: string) => () => {
  throw new MisconfiguredError(message);
};
const thrownBy = (...checks: readonly (() => void)[]): unknown => {
  try {
    checkAll(checks);
    return undefined;
  } catch (error) {
    return error;
  }
};

test("nothing wrong is nothing thrown; one thing wrong is thrown as it is", () => {
  expect(thrownBy(() => {})).toBeUndefined();
  const error = new RangeError("b");
  const throwing = () => {
    throw error;
  };
  expect(thrownBy(() => {}, throwing)).toBe(error);
  expect(errorsOfCheck(error)).toEqual([error]);
});

test("several are one MisconfiguredError that holds all, those of checks within checks, too", () => {
  const inner = () => checkAll([failing("option b: y; do b\n  excerpt"), failing("option c: z")]);
  const error = thrownBy(failing("option a: x"), inner);
  expect(error).toMatchObject({
    code: "FOREWARN_MISCONFIGURED",
    message: "option a: x; and option b: y; do b; and option c: z",
  });
  expect(errorsOfCheck(error).map((each) => (each as Error).message)).toEqual([
    "option a: x",
    "option b: y; do b\n  excerpt",
    "option c: z",
  ]);
});
