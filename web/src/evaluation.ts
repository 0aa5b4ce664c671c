// The evaluation table with its intervals, and how different the users' lists are.

import { barMarks, chart, numbersTable } from "./charts.ts";
import { commandBox } from "./commands.ts";
import type { Report } from "./data.ts";
import type { Evaluation, Interval, Personalization } from "./document.ts";
import { element } from "./dom.ts";
import { counted, fixed, percent, whole } from "./format.ts";
import { card, section } from "./section.ts";

export function evaluationSection(report: Report): HTMLElement {
  const { evaluation, personalization } = report.document;
  return section(
    "evaluation", "Evaluation", "",
    evaluation && evaluation.models.length ? evaluationTable(evaluation) : evaluationHint(),
    personalization && element("div", { class: "grid" }, personalizationCard(personalization)),
  );
}

function evaluationHint(): HTMLElement {
  return element(
    "div", { class: "notice", id: "no-evaluation" },
    element("p", {}, "This report was made without an evaluation. Measure on held-out interactions, beside " +
      "Random and Popularity, and give the result to the report:"),
    commandBox("alsace evaluate FILE... --json > evaluation.json", "evaluation command"),
    commandBox("alsace report MODEL --evaluation evaluation.json --out report.html", "report command"),
  );
}

function evaluationTable(evaluation: Evaluation): HTMLElement {
  const { models, data, split } = evaluation;
  const names = [...new Set(models.flatMap((model) => Object.keys(model.metrics)))];
  const body = element("tbody");
  const most = new Map(names.map((name) => [name, Math.max(...models.map((m) => m.metrics[name]?.high ?? m.metrics[name]?.mean ?? 0))]));
  for (const model of models) {
    const row = element("tr", {}, element("th", { scope: "row" }, model.name));
    for (const name of names) {
      const value = model.metrics[name];
      row.append(value ? metricCell(value, most.get(name) ?? 0, isBest(name, value, models)) : element("td", {}, "\u2013"));
    }
    body.append(row);
  }
  const held = [
    split ? `split ${split}` : "",
    data?.test_users ? counted(data.test_users, "test user") : "",
    data?.train_interactions ? `${whole(data.train_interactions)} training interactions` : "",
  ].filter((text) => text !== "").join(", ");
  return element(
    "div", {},
    element(
      "div", { class: "scrolling", tabindex: 0, role: "region", "aria-label": "Evaluation table" },
      element(
        "table", { class: "evaluation", id: "evaluation-table" },
        element("caption", {}, `Metrics with 95 % intervals${held ? `: ${held}` : ""}`),
        element("thead", {}, element(
          "tr", {}, element("th", { scope: "col" }, "Model"),
          ...names.map((name) => element("th", { scope: "col" }, name)))),
        body,
      ),
    ),
    element("p", { class: "note" }, "The best mean of each column is bold. Intervals are over users, not over seeds. They mean something only " +
      "where no model was trained on the test part."),
  );
}

/** For errors the smallest is best. */
function isBest(name: string, value: Interval, models: Evaluation["models"]): boolean {
  const means = models.map((m) => m.metrics[name]?.mean).filter((mean) => mean !== undefined);
  return models.length > 1 && value.mean === (/^(rmse|mae)/.test(name) ? Math.min(...means) : Math.max(...means));
}

function metricCell(value: Interval, most: number, best: boolean): HTMLElement {
  const { mean, low, high } = value;
  const cell = element("td", { class: best ? "best" : null }, element("span", { class: "mean" }, fixed(mean, 4)));
  if (typeof low === "number" && typeof high === "number") {
    cell.append(element("small", {}, `${fixed(low, 4)} to ${fixed(high, 4)}`), whisker(low, mean, high, most));
  }
  return cell;
}

/** The interval and its mean, on a line that begins at 0. */
function whisker(low: number, mean: number, high: number, most: number): HTMLElement {
  const at = (value: number) => `${most > 0 ? Math.min(Math.max((100 * value) / most, 0), 100) : 0}%`;
  const interval = element("span", { class: "interval" });
  interval.style.left = at(low);
  interval.style.right = `calc(100% - ${at(high)})`;
  const dot = element("span", { class: "dot" });
  dot.style.left = at(mean);
  return element("span", { class: "whisker", "aria-hidden": "true" }, interval, dot);
}

function personalizationCard(personalization: Personalization): HTMLElement {
  const { k, users, mean, histogram } = personalization;
  const words =
    `Of ${counted(users, "user")}, how many of the ${k} recommended items two have in common: none in ` +
    `${percent(histogram[0] ?? 0)} of the pairs, all in ${percent(histogram[k] ?? 0)}.`;
  const high = Math.max(...histogram, 0) || 1;
  return card(
    "personalization", "Personalization",
    chart(
      words, 240,
      { label: "items in common", low: -0.5, high: histogram.length - 0.5, ticks: histogram.map((_, i) => i) },
      { label: "pairs of users", low: 0, high: high * 1.05, format: (share) => percent(share, 0) },
      (plot) => barMarks(plot, histogram, (i) => `${i} in common: ${percent(histogram[i], 2)} of the pairs`),
    ),
    element("p", {}, words, ` Personalization at ${k}: ${fixed(mean, 3)}, where 1 means that no two lists share an item.`),
    numbersTable("Items that two users' lists have in common", ["in common", "share of pairs"],
      histogram.map((share, i) => [String(i), percent(share, 3)])),
  );
}
