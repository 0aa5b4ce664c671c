// What the components mean: popularity against the first, and what each shares with the columns.

import { chart, cloudMarks, path } from "./charts.ts";
import type { Report } from "./data.ts";
import { element, svg } from "./dom.ts";
import { counted, fixed, percent, whole } from "./format.ts";
import { range } from "./picking.ts";
import { logTicks } from "./scale.ts";
import { card } from "./section.ts";

/** Items with popularity, as base-10 logarithm, and PC1; their least-squares line. */
export function popularityLine(x: ArrayLike<number>, y: ArrayLike<number>): { slope: number; offset: number } {
  let [sumX, sumY, sumXX, sumXY] = [0, 0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    sumX += x[i];
    sumY += y[i];
    sumXX += x[i] * x[i];
    sumXY += x[i] * y[i];
  }
  const spread = x.length * sumXX - sumX * sumX;
  const slope = spread > 0 ? (x.length * sumXY - sumX * sumY) / spread : 0;
  return { slope, offset: (sumY - slope * sumX) / Math.max(x.length, 1) };
}

export function popularityCard(report: Report): HTMLElement | null {
  const facts = report.document.component_facts[0];
  if (!facts || report.components === 0) return null;
  const { popularity } = report.document.items;
  const first = report.component(0);
  const logs = Float64Array.from(popularity, (n) => Math.log10(Math.max(n, 1)));
  const [left, right] = range(logs);
  const [low, high] = range(first);
  const pad = (high - low) * 0.04 || 1;
  const r = facts.popularity_correlation;
  const line = popularityLine(logs, first);
  const words = r === null
    ? "All items are equally popular, so there is no correlation."
    : `Popularity against the first component of ${counted(report.count, "item")}: correlation r = ${fixed(r, 3)} ` +
      "with the logarithm of popularity.";
  return card(
    "popularity", "Popularity against PC1",
    chart(
      words, 280,
      {
        label: "interactions, logarithmic", low: left - 0.04, high: Math.max(right, left + 0.1) + 0.04,
        ticks: logTicks(10 ** left, 10 ** right).map(Math.log10), format: (log) => whole(Math.round(10 ** log)),
      },
      { label: "PC1", low: low - pad, high: high + pad },
      (plot) => {
        cloudMarks(plot, logs, first);
        if (r !== null) {
          const at = (x: number): [number, number] => [x, line.slope * x + line.offset];
          plot.marks.append(svg("path", { d: path(plot, [at(left), at(right)]), class: "trend" }));
        }
      },
    ),
    element("p", {}, words, " The sign of a component has no meaning: only the size of r counts."),
  );
}

export function explainedTable(report: Report): HTMLElement {
  const { component_facts: facts, items } = report.document;
  const columns = facts[0]?.columns.map((column) => column.name) ?? [];
  const body = element("tbody");
  facts.forEach((fact, j) => {
    const r = fact.popularity_correlation;
    body.append(element(
      "tr", {},
      element("th", { scope: "row" }, `PC${j + 1}`),
      barCell(items.components.explained[j], percent(items.components.explained[j])),
      barCell(r === null ? null : Math.abs(r), r === null ? "" : fixed(r, 2)),
      ...columns.map((name) => {
        const r2 = fact.columns.find((column) => column.name === name)?.r2 ?? null;
        return barCell(r2, r2 === null ? "" : fixed(r2, 3));
      }),
    ));
  });
  return element(
    "div", {},
    element(
      "div", { class: "scrolling", tabindex: 0, role: "region", "aria-label": "What the components share with the columns" },
      element(
        "table", { class: "explained", id: "explained" },
        element("caption", {}, "What explains the components"),
        element("thead", {}, element(
          "tr", {}, element("th", { scope: "col" }, "Component"),
          element("th", { scope: "col" }, "Variance"), element("th", { scope: "col" }, "r with popularity"),
          ...columns.map((name) => element("th", { scope: "col" }, `R\u00b2 of ${name}`)),
        )),
        body,
      ),
    ),
    element("p", { class: "note" }, columns.length
      ? "R\u00b2 is the share of a component's variance that least squares on that column explains, alone. A column of many " +
        "categories explains some of anything: with c of them, about c / items by chance."
      : "Give the report a file of the items with columns such as year or genre (--items) to see what they explain."),
  );
}

function barCell(share: number | null, text: string): HTMLElement {
  if (share === null || text === "") return element("td", { class: "number" }, "\u2013");
  const bar = element("span", { class: "meter", "aria-hidden": "true" });
  bar.style.width = `${100 * Math.min(Math.max(share, 0), 1)}%`;
  return element("td", { class: "bar-cell" }, element("span", { class: "number" }, text), element("span", { class: "track" }, bar));
}
