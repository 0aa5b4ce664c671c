// The map of the items: the picture with its controls, legend, search and the chosen item.

import { colorPoints, legendOf, type ColorChoice } from "./coloring.ts";
import { pageColors } from "./colors.ts";
import { Combobox } from "./combobox.ts";
import type { Report } from "./data.ts";
import { emptyDetails, itemDetails } from "./details.ts";
import { button, element } from "./dom.ts";
import { fixed, percent } from "./format.ts";
import { columnValues, popularityText } from "./items.ts";
import { legendElement } from "./legend.ts";
import { nearestItems, type Neighbor } from "./neighbors.ts";
import { Scatter } from "./scatter.ts";
import { Search } from "./search.ts";
import { section } from "./section.ts";
import type { Selection } from "./selection.ts";

export class ItemMap {
  readonly root: HTMLElement;
  readonly scatter: Scatter;
  neighbors: Neighbor[] = [];
  private readonly report: Report;
  private readonly selection: Selection;
  private readonly legend = element("div", { class: "legend-place" });
  private readonly details = element("div", { class: "details" });
  private readonly tooltip = element("div", { class: "tooltip", hidden: true });
  private readonly live = element("p", { class: "unseen", role: "status", "aria-live": "polite", id: "selection-status" });
  private readonly search: Combobox;
  private readonly xChoice: HTMLSelectElement;
  private readonly yChoice: HTMLSelectElement;
  private readonly colorChoice: HTMLSelectElement;
  private highlight: number | null = null;
  private shown: number | null = null;

  /** Puts itself into `place` first, since the picture takes its size from the page. */
  constructor(report: Report, selection: Selection, place: HTMLElement) {
    this.report = report;
    this.selection = selection;
    this.xChoice = this.componentChoice("x-component", 0);
    this.yChoice = this.componentChoice("y-component", 1);
    this.colorChoice = this.makeColorChoice();
    this.search = this.makeSearch();
    const stage = element("div", {
      class: "stage", id: "map-picture", tabindex: 0, role: "application",
      "aria-roledescription": "scatter plot", "aria-label": "Map of the items",
      "aria-describedby": "map-keys",
    });
    const figure = element("div", { class: "figure" }, stage, this.zoomButtons(), this.tooltip);
    this.root = section(
      "map", "Map of the items", this.introduction(),
      element(
        "div", { class: "map" },
        element("div", { class: "picture" }, this.controls(), figure, this.legend, keys()),
        element("div", { class: "side" }, this.search.root, this.details),
      ),
      this.live,
    );
    this.details.append(emptyDetails(report));
    place.append(this.root);
    this.scatter = new Scatter(stage, {
      hovered: (item, x, y) => this.showTooltip(item, x, y, figure),
      clicked: (item) => selection.select(item),
    });
    if (this.scatter.renderer.kind === "canvas") {
      this.root.querySelector(".keys")?.after(element("p", { class: "note", id: "without-webgl" },
        "Drawn without WebGL2: this browser has none that is fast. Nothing is missing."));
    }
    this.place();
    this.recolor();
    selection.watch(() => this.update());
  }

  private introduction(): string {
    const { explained } = this.report.document.items.components;
    if (explained.length === 0) return "One item alone has no principal components to be drawn by.";
    const share = explained[0] + (explained[1] ?? 0);
    return "Each point is an item, placed by two principal components of the item factors. The first two hold " +
      `${percent(share)} of the variance; what they do not show, the neighbors of an item still count.`;
  }

  componentName(j: number): string {
    return `PC${j + 1} (${percent(this.report.document.items.components.explained[j])})`;
  }

  private componentChoice(id: string, chosen: number): HTMLSelectElement {
    const choice = element("select", { id });
    for (let j = 0; j < this.report.components; j++) {
      choice.append(element("option", { value: j, selected: j === chosen }, this.componentName(j)));
    }
    if (this.report.components <= chosen) {
      choice.append(element("option", { value: this.report.components, selected: true }, "none"));
      choice.disabled = this.report.components === 0;
    }
    choice.addEventListener("change", () => this.place());
    return choice;
  }

  private makeColorChoice(): HTMLSelectElement {
    const choice = element("select", { id: "color-choice" }, element("option", { value: "" }, "popularity"));
    this.report.document.items.columns.forEach((column, place) =>
      choice.append(element("option", { value: place }, column.name)));
    choice.addEventListener("change", () => {
      this.highlight = null;
      this.recolor();
    });
    return choice;
  }

  private makeSearch(): Combobox {
    const { report } = this;
    const titled = report.document.items.titles !== null;
    const search = new Search({
      count: report.count,
      names: (item) => (titled ? [report.title(item), report.id(item)] : [report.id(item)]),
      weight: (item) => report.popularity(item),
      suggestion: (item) => ({ value: item, text: report.title(item), note: popularityText(report, item) }),
    });
    return new Combobox({
      label: "Find an item",
      placeholder: titled ? "Title or id" : "Id",
      name: "item-search",
      suggest: (query) => search.find(query),
      take: (item) => this.selection.select(item, true),
    });
  }

  private controls(): HTMLElement {
    const labeled = (text: string, control: HTMLSelectElement) =>
      element("span", { class: "control" }, element("label", { for: control.id }, text), control);
    return element(
      "div", { class: "controls", role: "group", "aria-label": "What the map shows" },
      labeled("Across", this.xChoice), labeled("Up", this.yChoice), labeled("Color", this.colorChoice),
    );
  }

  private zoomButtons(): HTMLElement {
    return element(
      "div", { class: "zoom", role: "group", "aria-label": "Zoom" },
      button("+", () => this.scatter.zoomBy(1.5), { "aria-label": "Zoom in", title: "Zoom in (+)" }),
      button("\u2212", () => this.scatter.zoomBy(1 / 1.5), { "aria-label": "Zoom out", title: "Zoom out (-)" }),
      button("0", () => this.scatter.fit(), { "aria-label": "Show all items", title: "Show all items (0)" }),
    );
  }

  /** Puts the points where the two chosen components have them. */
  private place(): void {
    const [x, y] = [Number(this.xChoice.value), Number(this.yChoice.value)];
    const name = (j: number) => (j < this.report.components ? this.componentName(j) : "");
    const axes = { x: name(x), y: name(y) };
    this.scatter.setPositions(this.report.component(x), this.report.component(y), axes);
  }

  /** After a choice of color, and after a change between light and dark. */
  recolor(): void {
    const choice: ColorChoice = this.colorChoice.value === "" ? null : Number(this.colorChoice.value);
    const page = pageColors();
    this.scatter.setColors(colorPoints(this.report, choice, this.highlight, page), page);
    this.legend.replaceChildren(
      legendElement(legendOf(this.report, choice), this.highlight, page.theme, (place) => {
        const focused = this.legend.contains(document.activeElement) ? document.activeElement : null;
        const label = focused?.getAttribute("aria-label");
        this.highlight = place;
        this.recolor();
        // The legend is new: the focus goes to the control that has taken the old one's place.
        const next = [...this.legend.querySelectorAll<HTMLElement>("button, select")]
          .find((control) => control.getAttribute("aria-label") === label);
        next?.focus();
      }),
    );
  }

  private update(): void {
    const { report, selection } = this;
    const item = selection.selected;
    if (item !== this.shown) {
      this.shown = item;
      this.neighbors = item === null ? [] : nearestItems(report, item);
      this.details.replaceChildren(
        item === null ? emptyDetails(report) : itemDetails(report, selection, item, this.neighbors));
      this.search.text = item === null ? "" : report.title(item);
      this.live.textContent = item === null ? "Selection cleared." : this.selectionText(item);
    }
    this.scatter.setMarks({
      selected: item, neighbors: this.neighbors.map((n) => n.item), ...selection.marks,
    });
    if (item !== null && selection.centering) this.scatter.centerOn(item);
  }

  private selectionText(item: number): string {
    const nearest = this.neighbors.slice(0, 3).map((n) => `${this.report.title(n.item)} ${fixed(n.score, 2)}`);
    const near = nearest.length ? ` Nearest: ${nearest.join("; ")}.` : "";
    return `Selected ${this.report.title(item)}, ${popularityText(this.report, item)}.${near}`;
  }

  private showTooltip(item: number | null, x: number, y: number, within: HTMLElement): void {
    this.tooltip.hidden = item === null;
    if (item === null) return;
    const lines = columnValues(this.report, item).map(([name, value]) =>
      element("span", {}, element("small", {}, `${name} `), value));
    this.tooltip.replaceChildren(
      element("strong", {}, this.report.title(item)),
      element("span", {}, popularityText(this.report, item)), ...lines,
    );
    const box = within.getBoundingClientRect();
    const left = Math.min(Math.max(x - box.left + 14, 4), box.width - this.tooltip.offsetWidth - 4);
    const above = y - box.top > this.tooltip.offsetHeight + 20;
    this.tooltip.style.left = `${Math.max(left, 4)}px`;
    this.tooltip.style.top = `${y - box.top + (above ? -this.tooltip.offsetHeight - 10 : 16)}px`;
  }
}

function keys(): HTMLElement {
  const key = (text: string) => element("kbd", {}, text);
  return element(
    "p", { class: "note keys", id: "map-keys" },
    "Drag to move, scroll or pinch to zoom, click for neighbors. Keys: arrows move, ", key("+"), " ",
    key("\u2212"), " zoom, ", key("0"), " shows all, ", key("Enter"), " takes the item in the middle, ",
    key("Esc"), " clears.",
  );
}
