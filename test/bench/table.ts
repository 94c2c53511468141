import { type Figure, holds, ratioOf } from "./figure.ts";

/** The figures as a table for a terminal. */
export function tableOf(figures: readonly Figure[]): string {
  const rows = [["", "unit", "forewarn", "bare loop", "ratio", "floor", ""], ...figures.map(rowOf)];
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
  return "ratio" in floor ? `<= ${floor.ratio} x bare` : `< ${floor.value}`;
}

function verdictOf(figure: Figure): string {
  const verdict = holds(figure);
  return verdict === null ? "" : verdict ? "holds" : "MISSED";
}

function shown(value: number): string {
  return Number.isFinite(value) ? value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0) : "-";
}
