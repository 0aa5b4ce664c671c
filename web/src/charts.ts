// Small charts in SVG, drawn anew when their width changes. Each has its words for those who cannot
// see it.

import { element, freshId, svg } from "./dom.ts";
import { compact } from "./format.ts";
import { ticks } from "./scale.ts";

export interface Axis {
  label: string;
  low: number;
  high: number;
  logarithmic?: boolean;
  /** Ticks, instead of round numbers. */
  ticks?: number[];
  format?: (value: number) => string;
}

const edge = { left: 58, right: 14, top: 12, bottom: 42 };

/** Places of a plot: x and y in pixels of data, and the group that takes the marks. */
export interface Plot {
  x(value: number): number;
  y(value: number): number;
  width: number;
  height: number;
  bottom: number;
  marks: SVGGElement;
}

/** A figure of the given height: `draw` fills it, whenever it has a new width. */
export function chart(
  description: string, height: number, x: Axis, y: Axis, draw: (plot: Plot) => void,
): HTMLElement {
  const figure = element("figure", { class: "chart" });
  figure.style.minHeight = `${height}px`;
  let drawn = 0;
  const redraw = () => {
    const width = Math.max(figure.clientWidth, 200);
    if (width === drawn) return;
    drawn = width;
    const id = freshId("chart");
    const root = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-labelledby": id });
    root.append(svg("title", { id }, description));
    const plot = frameOf(root, width, height, x, y);
    root.append(plot.marks);
    draw(plot);
    figure.replaceChildren(root);
  };
  new ResizeObserver(redraw).observe(figure);
  redraw();
  return figure;
}

function frameOf(root: SVGSVGElement, width: number, height: number, x: Axis, y: Axis): Plot {
  const inner = { width: width - edge.left - edge.right, height: height - edge.top - edge.bottom };
  const bottom = edge.top + inner.height;
  const toX = (value: number) => edge.left + inner.width * shareOf(x, value);
  const toY = (value: number) => bottom - inner.height * shareOf(y, value);
  const grid = svg("g", { class: "grid" });
  const texts = svg("g", { class: "tick" });
  for (const tick of y.ticks ?? ticks(y.low, y.high, inner.height / 45)) {
    grid.append(svg("line", { x1: edge.left, x2: width - edge.right, y1: toY(tick), y2: toY(tick) }));
    texts.append(svg("text", { x: edge.left - 8, y: toY(tick) + 4, "text-anchor": "end" }, (y.format ?? compact)(tick)));
  }
  for (const tick of x.ticks ?? ticks(x.low, x.high, inner.width / 80)) {
    texts.append(svg("text", { x: toX(tick), y: bottom + 17, "text-anchor": "middle" }, (x.format ?? compact)(tick)));
  }
  const middle = edge.top + inner.height / 2;
  root.append(grid, texts, svg(
    "g", { class: "axis" },
    svg("line", { x1: edge.left, x2: width - edge.right, y1: bottom, y2: bottom }),
    svg("text", { x: edge.left + inner.width / 2, y: height - 6, "text-anchor": "middle" }, x.label),
    svg("text", { transform: `translate(13 ${middle}) rotate(-90)`, "text-anchor": "middle" }, y.label),
  ));
  return { x: toX, y: toY, width: inner.width, height: inner.height, bottom, marks: svg("g", { class: "marks" }) };
}

function shareOf(axis: Axis, value: number): number {
  const at = axis.logarithmic ? Math.log : (v: number) => v;
  const span = at(axis.high) - at(axis.low);
  return span > 0 ? (at(value) - at(axis.low)) / span : 0.5;
}

export function path(plot: Plot, points: [x: number, y: number][]): string {
  return points.map(([x, y], i) => `${i ? "L" : "M"}${plot.x(x).toFixed(1)} ${plot.y(y).toFixed(1)}`).join("");
}

/** A line with a point at each value, which names itself under the pointer. */
export function lineMarks(plot: Plot, points: [x: number, y: number][], name: (i: number) => string): void {
  plot.marks.append(svg("path", { d: path(plot, points), class: "line" }));
  points.forEach(([x, y], i) => plot.marks.append(
    svg("circle", { cx: plot.x(x), cy: plot.y(y), r: points.length > 60 ? 1.5 : 3 }, svg("title", {}, name(i)))));
}

/** Bars of values at 0, 1, 2 ... */
export function barMarks(plot: Plot, values: number[], name: (i: number) => string): void {
  const width = Math.max((plot.width / values.length) * 0.82, 1);
  values.forEach((value, i) => plot.marks.append(svg(
    "rect",
    { x: plot.x(i) - width / 2, y: plot.y(value), width, height: Math.max(plot.bottom - plot.y(value), 0) },
    svg("title", {}, name(i)),
  )));
}

/**
 * Any number of points as dots on a grid, darker where there are more: as many elements as there are
 * shades.
 */
export function cloudMarks(plot: Plot, x: ArrayLike<number>, y: ArrayLike<number>): void {
  const pitch = x.length > 6000 ? 3 : 1;
  const cells = new Map<number, number>();
  for (let i = 0; i < x.length; i++) {
    const cell = Math.round(plot.y(y[i]) / pitch) * 65536 + Math.round(plot.x(x[i]) / pitch);
    cells.set(cell, (cells.get(cell) ?? 0) + 1);
  }
  const shades = ["", "", "", ""];
  for (const [cell, count] of cells) {
    const shade = Math.min(Math.floor(Math.log2(count)), shades.length - 1);
    shades[shade] += `M${((cell % 65536) * pitch).toFixed(1)} ${(Math.floor(cell / 65536) * pitch).toFixed(1)}h0`;
  }
  shades.forEach((d, shade) => d && plot.marks.append(svg("path", { d, class: `cloud shade-${shade}` })));
}

/** The numbers of a chart, for those who want to read them. */
export function numbersTable(caption: string, columns: string[], rows: string[][]): HTMLElement {
  const body = element("tbody");
  for (const row of rows) {
    body.append(element("tr", {}, ...row.map((cell, i) =>
      i ? element("td", { class: "number" }, cell) : element("th", { scope: "row", class: "number" }, cell))));
  }
  return element(
    "details", { class: "numbers" }, element("summary", {}, "The numbers"),
    element(
      "div", { class: "scrolling", tabindex: 0, role: "region", "aria-label": caption },
      element(
        "table", {}, element("caption", {}, caption),
        element("thead", {}, element("tr", {}, ...columns.map((c) => element("th", { scope: "col", class: "number" }, c)))),
        body,
      ),
    ),
  );
}
