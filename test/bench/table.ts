import { type Figure, ratioOf, shareOf } from "./figure.ts";

/** The figures as a table for a terminal. */
export function tableOf(figures: readonly Figure[]): string {
  const rows = [["", "unit", "forewarn", "bare", "ratio", "floor", ""], ...figures.map(rowOf)];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function rowOf(figure: Figure): string[] {
  const { name, unit, forewarn, bare } = figure;
  return [
    name,
    unit,
    shown(forewarn),
    shown(bare),
    shown(ratioOf(figure)),
    floorOf(figure),
    verdictOf(figure),
  ];
}

function floorOf({ floor }: Figure): string {
  if (floor === undefined) return "";
  if ("ratio" in floor) return `<= ${floor.ratio} x bare`;
  if ("value" in floor) return `<= ${floor.value}`;
  return "leastRatio" in floor ? `>= ${floor.leastRatio} x bare` : `>= ${floor.leastValue}`;
}

function verdictOf(figure: Figure): string {
  const share = shareOf(figure);
  if (share === null) return "";
  return share >= 1 ? "holds" : `MISSED: ${Math.round(100 * share)} % of it`;
}

function shown(value: number): string {
  return Number.isFinite(value) ? value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0) : "-";
}
