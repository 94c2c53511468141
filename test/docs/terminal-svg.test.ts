import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { styleText } from "node:util";
import { expect, test } from "vitest";
import { terminalSvg } from "../../scripts/terminal-svg.ts";

const colored = (style: Parameters<typeof styleText>[0], text: string) =>
  styleText(style, text, { validateStream: false });

test("each part of a line stands in its own columns, in its own colour, and cannot be taken for markup", () => {
  const svg = terminalSvg(`a<b ${colored("red", "Reboot")} ${colored("bold", "x & y")}\r\n`, 40);
  expect(svg.match(/<text.*?<\/text>/g)).toEqual([
    '<text x="16" y="31" textLength="24" fill="#cdd9e5">a&lt;b</text>',
    '<text x="48" y="31" textLength="48" fill="#f47067">Reboot</text>',
    '<text x="104" y="31" textLength="40" fill="#cdd9e5" font-weight="bold">x &amp; y</text>',
  ]);
  expect(svg).toContain('width="352" height="52"');
});

test("the heads of the picture in the README are those of the program", () => {
  const picture = readFileSync(resolve(import.meta.dirname, "../../docs/images/events.svg"), "utf8");
  const source = readFileSync(
    resolve(import.meta.dirname, "../../packages/cli/src/print/scheduled-events/events-table.ts"),
    "utf8",
  );
  const heads =
    picture
      .split("\n")
      .find((line) => line.includes(">WHAT<"))
      ?.match(/(?<=>)[^<]+(?=<\/text>)/g) ?? [];
  expect(heads.length).toBeGreaterThan(5);
  for (const head of heads) expect(source).toContain(`"${head}"`);
  expect(picture).not.toContain("/root");
});
