// What the model was made of: counts, values, options, fingerprint.

import { commandsList } from "./commands.ts";
import type { Report } from "./data.ts";
import type { Facts } from "./document.ts";
import { element } from "./dom.ts";
import { percent, short, whole } from "./format.ts";
import { section } from "./section.ts";

export function factsSection(report: Report): HTMLElement {
  const { facts, program, notes = [] } = report.document;
  return section(
    "facts", "Data and commands", "",
    element(
      "div", { class: "grid" },
      element("div", {}, pairs("Data", dataPairs(facts)), spreadTable(facts)),
      pairs("Options", [
        ...Object.entries(facts.options).map(([name, value]): [string, string] => [name, optionText(value)]),
        ["model hash", facts.model_hash], ["program", program],
      ]),
    ),
    notes.length > 0 && element("ul", { class: "notes" }, ...notes.map((note) => element("li", {}, note))),
    commandsList(report),
  );
}

function dataPairs(facts: Facts): [string, string][] {
  const of = (trained: number, all: number) =>
    trained === all ? whole(all) : `${whole(trained)} trained of ${whole(all)}`;
  const found: [string, string][] = [
    ["feedback", facts.feedback],
    ["users", of(facts.trained_users, facts.users)],
    ["items", of(facts.trained_items, facts.items)],
    ["interactions", whole(facts.interactions)],
    ["density", percent(facts.density, 3)],
    ["values", `${short(facts.value_min)} to ${short(facts.value_max)}, mean ${short(facts.value_mean)}`],
  ];
  if (facts.low > 0) found.push(["low pairs, seen but not trained on", whole(facts.low)]);
  if (facts.confidence_median !== null) {
    const rest = [facts.confidence_p99, facts.confidence_max].map((v) => (v === null ? "\u2013" : short(v)));
    found.push(["confidence", `median ${short(facts.confidence_median)}, 99 % ${rest[0]}, maximum ${rest[1]}`]);
  }
  return found;
}

function optionText(value: unknown): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  return typeof value === "string" || typeof value === "number" ? String(value) : JSON.stringify(value);
}

function pairs(caption: string, entries: [string, string][]): HTMLElement {
  const body = element("tbody");
  for (const [name, value] of entries) {
    body.append(element("tr", {}, element("th", { scope: "row" }, name.replaceAll("_", " ")), element("td", {}, value)));
  }
  return element("table", { class: "pairs" }, element("caption", {}, caption), body);
}

function spreadTable(facts: Facts): HTMLElement {
  const row = (name: string, counts: number[]) => element(
    "tr", {}, element("th", { scope: "row" }, name),
    ...counts.map((count) => element("td", { class: "number" }, short(count))));
  return element(
    "table", { class: "spread" }, element("caption", {}, "Interactions per user and item"),
    element("thead", {}, element(
      "tr", {}, element("th", { scope: "col" }, "Of a"),
      ...["least", "25 %", "median", "75 %", "most"].map((name) => element("th", { scope: "col", class: "number" }, name)))),
    element("tbody", {}, row("user", facts.user_counts), row("item", facts.item_counts)),
  );
}
