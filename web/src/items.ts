// Items in words: a button that chooses one, and the lines that describe it.

import type { Report } from "./data.ts";
import { button } from "./dom.ts";
import { counted, short } from "./format.ts";
import type { Selection } from "./selection.ts";

/** Its title; a click shows the item on the map. */
export function itemButton(report: Report, selection: Selection, item: number): HTMLButtonElement {
  return button(report.title(item), () => selection.select(item, true), {
    class: "item", title: "Show on the map",
  });
}

/** Name and value of each column of the items file that knows the item. */
export function columnValues(report: Report, item: number): [name: string, value: string][] {
  const known: [string, string][] = [];
  for (const column of report.document.items.columns) {
    if (column.kind === "number") {
      const value = column.values[item];
      if (value !== null) known.push([column.name, Number.isInteger(value) ? String(value) : short(value)]);
    } else if (column.values[item].length) {
      known.push([column.name, column.values[item].map((label) => column.labels[label]).join(", ")]);
    }
  }
  return known;
}

export function popularityText(report: Report, item: number): string {
  return counted(report.popularity(item), "interaction");
}
