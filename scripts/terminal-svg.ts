/** What a style of `util.styleText` looks like; dark background. */
const colors: Readonly<Record<string, string>> = {
  "31": "#f47067",
  "32": "#6bc46d",
  "33": "#daaa3f",
  "34": "#6cb6ff",
  "35": "#dcbdfb",
  "36": "#56d4dd",
  "90": "#768390",
};
const foreground = "#cdd9e5";
const background = "#1c2128";
const [cellWidth, lineHeight, padding] = [8, 20, 16];

interface Style {
  readonly fill: string;
  readonly weight: "normal" | "bold";
  readonly opacity: number;
}

interface Run {
  readonly text: string;
  readonly column: number;
  readonly style: Style;
}

const plain: Style = { fill: foreground, weight: "normal", opacity: 1 };
const escape = String.fromCodePoint(27);
const styleCode = new RegExp(`${escape}\\[([\\d;]*)m`);
const styleOrText = new RegExp(`(${escape}\\[[\\d;]*m)`);

/** Words that single spaces part: readers of SVG make one space of several. */
const words = /\S+(?: \S+)*/g;

/** A picture of what stands on a terminal so many columns wide, from the text with its colours. */
export function terminalSvg(text: string, columns: number): string {
  const lines = text.replaceAll("\r", "").trimEnd().split("\n");
  const [width, height] = [columns * cellWidth + 2 * padding, lines.length * lineHeight + 2 * padding];
  let style = plain;
  const rows = lines.map((line, index) => {
    const read = runsOf(line, style);
    style = read.style;
    return read.runs.map((run) => runSvg(run, padding + (index + 0.75) * lineHeight)).join("");
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<rect width="${width}" height="${height}" rx="8" fill="${background}"/>`,
    `<g font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="13">`,
    ...rows.filter((row) => row !== ""),
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

function runsOf(line: string, before: Style): { readonly runs: readonly Run[]; readonly style: Style } {
  const runs: Run[] = [];
  let [style, column] = [before, 0];
  for (const part of line.split(styleOrText)) {
    const codes = styleCode.exec(part)?.[1];
    if (codes !== undefined) style = codes.split(";").reduce(styled, style);
    else {
      for (const { 0: text, index } of part.matchAll(words))
        runs.push({ text, column: column + index, style });
      column += part.length;
    }
  }
  return { runs, style };
}

function styled(style: Style, code: string): Style {
  if (code === "0" || code === "") return plain;
  if (code === "1") return { ...style, weight: "bold" };
  if (code === "2") return { ...style, opacity: 0.65 };
  if (code === "22") return { ...style, weight: "normal", opacity: 1 };
  if (code === "39") return { ...style, fill: foreground };
  return { ...style, fill: colors[code] ?? style.fill };
}

/** Each cell has its place, whatever font the reader has. */
function runSvg({ text, column, style }: Run, y: number): string {
  const { fill, weight, opacity } = style;
  const looks = `fill="${fill}"${weight === "bold" ? ' font-weight="bold"' : ""}${opacity === 1 ? "" : ` opacity="${opacity}"`}`;
  const place = `x="${padding + column * cellWidth}" y="${y}" textLength="${text.length * cellWidth}"`;
  const safe = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<text ${place} ${looks}>${safe}</text>`;
}
