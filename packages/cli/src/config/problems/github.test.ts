import { expect, test } from "vitest";
import { githubCommands } from "./github.ts";

test("each problem is a command on one line, escaped as the runner reads it", () => {
  const place = { path: "/a", file: "deploy/forewarn,1.yaml", line: 3, column: 7, length: 4 };
  const problem = {
    ...place,
    code: "CONFIG_BAD_VALUE",
    message: "100% wrong:\r\nas, said",
    suggestion: "write a: b",
  };
  expect(githubCommands("error", [problem, { code: "X", path: "", file: "C:\\f.yaml", message: "m" }])).toBe(
    "::error file=deploy/forewarn%2C1.yaml,line=3,col=7,endColumn=11,title=CONFIG_BAD_VALUE::100%25 wrong:%0D%0Aas, said%0Ahelp: write a: b\n" +
      "::error file=C%3A\\f.yaml,title=X::m\n",
  );
  expect(githubCommands("warning", [])).toBe("");
});
