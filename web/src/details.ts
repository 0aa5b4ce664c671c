// What is known of the chosen item, and its nearest neighbors.

import type { Report } from "./data.ts";
import { button, element } from "./dom.ts";
import { fixed } from "./format.ts";
import { columnValues, itemButton, popularityText } from "./items.ts";
import type { Neighbor } from "./neighbors.ts";
import type { Selection } from "./selection.ts";

export function emptyDetails(report: Report): HTMLElement {
  const many = report.count > 1;
  return element(
    "div", { class: "hint" },
    element("h3", {}, "Nearest neighbors"),
    element("p", {}, many
      ? "Click a point, or search above, for the ten items nearest to it. Nearness is the cosine over all " +
        `${report.factors} factors, so a neighbor may be drawn far away: two components show a part only.`
      : "There is only one item, and so it has no neighbors."),
  );
}

export function itemDetails(report: Report, selection: Selection, item: number, neighbors: Neighbor[]): HTMLElement {
  const facts = element("dl", { class: "facts" });
  const add = (name: string, value: string) =>
    facts.append(element("div", {}, element("dt", {}, name), element("dd", {}, value)));
  if (report.document.items.titles) add("id", report.id(item));
  add("popularity", popularityText(report, item));
  for (const [name, value] of columnValues(report, item)) add(name, value);
  const heading = element("h3", { id: "selected-title" }, report.title(item));
  const clear = button("\u00d7", () => selection.select(null), {
    class: "clear", "aria-label": "Clear the selection", title: "Clear the selection (Escape)",
  });
  return element(
    "div", {},
    element("div", { class: "chosen" }, heading, clear), facts,
    neighbors.length
      ? neighborTable(report, selection, neighbors)
      : element("p", { class: "note" }, "No neighbors: this is the only item with a direction, or it has none."),
  );
}

function neighborTable(report: Report, selection: Selection, neighbors: Neighbor[]): HTMLElement {
  const body = element("tbody");
  neighbors.forEach(({ item, score }, place) => body.append(element(
    "tr", {},
    element("td", { class: "number place" }, String(place + 1)),
    element("th", { scope: "row" }, itemButton(report, selection, item)),
    element("td", { class: "number" }, fixed(score, 3)),
  )));
  return element(
    "table", { class: "list", id: "neighbors" },
    element("caption", {}, "Nearest neighbors"),
    element(
      "thead", {},
      element(
        "tr", {},
        element("th", { scope: "col" }, element("span", { class: "unseen" }, "Place")),
        element("th", { scope: "col" }, "Item"),
        element("th", { scope: "col", class: "number" }, "Cosine"),
      ),
    ),
    body,
  );
}
