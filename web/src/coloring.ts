// What a point's color says: its popularity, or a column of the items file.

import type { Report } from "./data.ts";
import type { CategoryColumn, Column } from "./document.ts";
import { categoryColor, paletteSize, viridis, type PageColors, type Rgb } from "./colors.ts";
import { range } from "./picking.ts";

export interface Ramp {
  kind: "ramp";
  name: string;
  low: number;
  high: number;
  logarithmic: boolean;
  /** Items without a value. */
  missing: number;
}

export interface Categories {
  kind: "categories";
  name: string;
  /** Those with a color of their own, by falling count. */
  labels: { place: number; label: string; count: number }[];
  /** All of them, to be picked from. */
  all: { place: number; label: string; count: number }[];
  /** Items that none of `labels` colors. */
  others: number;
}

export type Legend = Ramp | Categories;

/** Where a color choice stands: null is the popularity, a number a column of the items file. */
export type ColorChoice = number | null;

export function legendOf(report: Report, choice: ColorChoice): Legend {
  const column = choice === null ? null : report.document.items.columns[choice];
  if (!column) return popularityRamp(report);
  return column.kind === "number" ? numberRamp(column) : categoriesOf(column);
}

function popularityRamp(report: Report): Ramp {
  const [low, high] = range(report.document.items.popularity);
  return {
    kind: "ramp", name: "Interactions", low: Math.max(low, 1), high: Math.max(high, 1),
    logarithmic: true, missing: 0,
  };
}

function numberRamp(column: Extract<Column, { kind: "number" }>): Ramp {
  const known = column.values.filter((v): v is number => v !== null);
  const [low, high] = range(known);
  return {
    kind: "ramp", name: column.name, low, high, logarithmic: false,
    missing: column.values.length - known.length,
  };
}

function categoriesOf(column: CategoryColumn): Categories {
  const all = column.labels.map((label, place) => ({ place, label, count: 0 }));
  for (const labels of column.values) for (const label of labels) all[label].count++;
  all.sort((a, b) => b.count - a.count || a.place - b.place);
  const labels = all.slice(0, paletteSize);
  const colored = new Set(labels.map((l) => l.place));
  const others = column.values.filter((v) => v.length === 0 || !colored.has(v[0])).length;
  return { kind: "categories", name: column.name, labels, all, others };
}

/** Where a value lies on the ramp, 0 to 1. */
export function rampShare(ramp: Ramp, value: number): number {
  if (ramp.high <= ramp.low) return 0.5;
  return ramp.logarithmic
    ? Math.log(Math.max(value, ramp.low) / ramp.low) / Math.log(ramp.high / ramp.low)
    : (value - ramp.low) / (ramp.high - ramp.low);
}

export interface PointColors {
  /** Red, green, blue, opacity of each item, 0 to 255. */
  rgba: Uint8Array;
  /** Items in the order of drawing: what matters most comes last, on top. */
  order: Uint32Array;
}

/** `highlight` is a category of the column: its items stand out, the others step back. */
export function colorPoints(
  report: Report, choice: ColorChoice, highlight: number | null, colors: PageColors,
): PointColors {
  const legend = legendOf(report, choice);
  const column = choice === null ? null : report.document.items.columns[choice];
  const rgba = new Uint8Array(4 * report.count);
  const front = new Uint8Array(report.count);
  const put = (item: number, color: Rgb | null, opacity: number) => {
    rgba.set(color ?? colors.none, 4 * item);
    rgba[4 * item + 3] = Math.round(255 * opacity);
    front[item] = color ? 1 : 0;
  };
  if (legend.kind === "ramp") {
    for (let i = 0; i < report.count; i++) {
      const value = column?.kind === "number" ? column.values[i] : report.popularity(i);
      put(i, value === null ? null : viridis(rampShare(legend, value), colors.theme), value === null ? 0.5 : 1);
    }
  } else {
    const places = new Map(legend.labels.map((l, place) => [l.place, place]));
    const { values } = column as CategoryColumn;
    for (let i = 0; i < report.count; i++) {
      const label = highlight ?? values[i][0];
      const has = highlight === null ? values[i].length > 0 : values[i].includes(highlight);
      const place = has ? (places.get(label) ?? (highlight === null ? undefined : 0)) : undefined;
      const faint = highlight === null ? 0.55 : 0.22;
      put(i, place === undefined ? null : categoryColor(place, colors.theme), place === undefined ? faint : 1);
    }
  }
  return { rgba, order: drawingOrder(report, front) };
}

/** Points without a color first; then by rising popularity, so that known titles stay visible. */
function drawingOrder(report: Report, front: Uint8Array): Uint32Array {
  const { popularity } = report.document.items;
  const order = Uint32Array.from({ length: report.count }, (_, i) => i);
  return order.sort((a, b) => front[a] - front[b] || popularity[a] - popularity[b] || b - a);
}
