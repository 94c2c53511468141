import { MisconfiguredError, RetryError } from "@forewarn/sdk";
import { expect, it } from "vitest";
import { fileError } from "./file-error.ts";

const errno = (code: string, path?: string) =>
  Object.assign(new Error(`${code}: what the system says`), {
    code,
    ...(path === undefined ? {} : { path }),
  });

it.each(["ENOSPC", "EDQUOT"])("%s is tried again, and says what to do", (code) => {
  const error = fileError("/log/e", errno(code));
  expect(error).toBeInstanceOf(RetryError);
  expect(error).toMatchObject({ message: `no space left for /log/e (${code}): free some`, status: code });
});

it.each(["EIO", "EMFILE", "EBUSY", "ESTALE", "EBADF"])("%s is tried again", (code) => {
  const cause = errno(code);
  const error = fileError("/log/e", cause);
  expect(error).toBeInstanceOf(RetryError);
  expect(error).toMatchObject({ message: `cannot write /log/e: ${cause.message}`, status: code, cause });
});

it.each(["EACCES", "EPERM", "EROFS", "ENOTDIR", "EISDIR", "ENOENT", "ELOOP", "ENAMETOOLONG"])(
  "%s needs a person, and names the place that the system named",
  (code) => {
    const error = fileError("/log/e", errno(code, "/log"));
    expect(error).toBeInstanceOf(MisconfiguredError);
    expect(String(error)).toMatch(new RegExp(`^MisconfiguredError: cannot write /log \\(${code}\\): \\w`));
  },
);

it("what is no system error stays what it is", () => {
  const others = [new MisconfiguredError("m"), new Error("e"), AbortSignal.abort().reason as unknown];
  for (const error of others) expect(fileError("/log/e", error)).toBe(error);
});
