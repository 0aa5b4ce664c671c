// The legend beside the map: a color bar with ticks, or the categories as buttons.

import { rampShare, type Categories, type Legend, type Ramp } from "./coloring.ts";
import { categoryColor, css, viridis, type Theme } from "./colors.ts";
import { button, element } from "./dom.ts";
import { counted, short, whole } from "./format.ts";
import { logTicks, ticks } from "./scale.ts";

/** `pick` is called with a category, or null for all of them. */
export function legendElement(
  legend: Legend, highlight: number | null, theme: Theme, pick: (place: number | null) => void,
): HTMLElement {
  return legend.kind === "ramp" ? rampElement(legend, theme) : categoriesElement(legend, highlight, theme, pick);
}

function rampElement(ramp: Ramp, theme: Theme): HTMLElement {
  const stops = Array.from({ length: 13 }, (_, i) => css(viridis(i / 12, theme)));
  const bar = element("div", { class: "bar" });
  bar.style.background = `linear-gradient(to right, ${stops.join(", ")})`;
  const marks = element("div", { class: "ticks" });
  const values = ramp.logarithmic ? logTicks(ramp.low, ramp.high) : ticks(ramp.low, ramp.high, 4);
  for (const value of values.length ? values : [ramp.low]) {
    const year = !ramp.logarithmic && Number.isInteger(value) && Math.abs(value) < 10000;
    const mark = element("span", {}, year ? String(value) : short(value));
    mark.style.left = `${100 * rampShare(ramp, value)}%`;
    marks.append(mark);
  }
  const scale = ramp.logarithmic ? ", logarithmic" : "";
  return element(
    "figure", { class: "legend ramp" },
    element("figcaption", {}, `${ramp.name}${scale}`), bar, marks,
    ramp.missing > 0 && element("p", { class: "note" }, `${counted(ramp.missing, "item")} without a value: gray`),
  );
}

function categoriesElement(
  legend: Categories, highlight: number | null, theme: Theme, pick: (place: number | null) => void,
): HTMLElement {
  const entries = legend.labels.map(({ place, label, count }, index) => {
    const swatch = element("span", { class: "swatch", "aria-hidden": "true" });
    swatch.style.background = css(categoryColor(index, theme));
    const entry = button("", () => pick(highlight === place ? null : place), {
      class: "category", "aria-pressed": String(highlight === place),
      "aria-label": `Highlight ${label}, ${counted(count, "item")}`,
    });
    entry.append(swatch, element("span", {}, label), element("small", {}, whole(count)));
    return element("li", {}, entry);
  });
  const choice = element("select", { "aria-label": `Highlight one of all ${legend.name}` });
  choice.append(element("option", { value: "" }, "First category of each item"));
  for (const { place, label, count } of legend.all) {
    choice.append(element("option", { value: place, selected: place === highlight }, `${label} (${whole(count)})`));
  }
  choice.addEventListener("change", () => pick(choice.value === "" ? null : Number(choice.value)));
  return element(
    "figure", { class: "legend" },
    element("figcaption", {}, legend.name), element("ul", {}, ...entries), choice,
    highlight === null && legend.others > 0 &&
      element("p", { class: "note" }, `${counted(legend.others, "item")} of other or no category: gray`),
  );
}
