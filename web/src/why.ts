// Why a user is recommended what: the history, the list, and what each score is the sum of.

import { Combobox } from "./combobox.ts";
import type { Report } from "./data.ts";
import type { Recommendation, User } from "./document.ts";
import { button, element, freshId } from "./dom.ts";
import { counted, fixed, short } from "./format.ts";
import { itemButton } from "./items.ts";
import { Search } from "./search.ts";
import { section } from "./section.ts";
import type { Selection } from "./selection.ts";

export interface Part {
  name: string;
  /** The item of the history, where the part is one's contribution. */
  item: number | null;
  value: number;
}

/** The parts that a score is the sum of, the largest contribution first. */
export function partsOf(recommendation: Recommendation): Part[] {
  const { mean, user_bias, item_bias, contributions, rest } = recommendation;
  const parts: Part[] = [
    { name: "mean of all values", item: null, value: mean },
    { name: "bias of the user", item: null, value: user_bias },
    { name: "bias of the item", item: null, value: item_bias },
  ].filter((part) => part.value !== 0);
  for (const [item, value] of contributions) parts.push({ name: "", item, value });
  if (rest !== 0) parts.push({ name: "rest of the history", item: null, value: rest });
  return parts;
}

export class Why {
  readonly root: HTMLElement;
  private readonly report: Report;
  private readonly selection: Selection;
  private readonly content = element("div", { class: "why", id: "why-content" });
  private readonly marking = element("input", { type: "checkbox", id: "mark-user" });
  private user: User | null = null;

  constructor(report: Report, selection: Selection) {
    this.report = report;
    this.selection = selection;
    const { users } = report.document;
    const explicit = report.document.facts.feedback === "explicit";
    if (users.length === 0) {
      this.root = section("why", "Why these recommendations", "", element(
        "p", { class: "notice", id: "no-users" },
        report.document.facts.stores_interactions === false
          ? "The model was written without its interactions, so it cannot say what its recommendations come from."
          : "This report was made without users, so there is nobody to explain recommendations to.",
      ));
      return;
    }
    this.marking.addEventListener("change", () => this.mark());
    this.root = section(
      "why", "Why these recommendations",
      (explicit ? "A score is a predicted value. " : "A score orders a user's items; it is no probability. ") +
        "It is the sum of what each item of the history adds" +
        (explicit ? ", with the mean and the biases." : "."),
      element(
        "div", { class: "controls" }, this.chooser().root,
        element("span", { class: "control" }, this.marking,
          element("label", { for: "mark-user" }, "Mark on the map: ",
            element("span", { class: "key history" }, "history"), " and ",
            element("span", { class: "key recommended" }, "recommendations"))),
        element("small", { class: "note" }, `${counted(users.length, "user")} in this report`),
      ),
      this.content,
    );
    this.show(0);
  }

  private chooser(): Combobox {
    const { users } = this.report.document;
    const search = new Search({
      count: users.length,
      names: (place) => [users[place].id],
      weight: (place) => -place,
      suggestion: (place) => ({
        value: place, text: users[place].id, note: counted(users[place].count, "interaction"),
      }),
    });
    const chooser = new Combobox({
      label: "User", placeholder: "Id of a user", name: "user-search",
      suggest: (query) => search.find(query), take: (place) => this.show(place),
    });
    chooser.text = users[0].id;
    return chooser;
  }

  private show(place: number): void {
    const user = this.report.document.users[place];
    this.user = user;
    this.content.replaceChildren(this.historyOf(user), this.listOf(user));
    this.mark();
  }

  private mark(): void {
    const shown = this.marking.checked && this.user;
    this.selection.mark(shown
      ? { history: shown.history.map(([item]) => item), recommendations: shown.recommendations.map((r) => r.item) }
      : { history: [], recommendations: [] });
  }

  private historyOf(user: User): HTMLElement {
    const values = user.history.some(([, value]) => value !== 1);
    const body = element("tbody");
    for (const [item, value] of user.history) {
      body.append(element(
        "tr", {}, element("th", { scope: "row" }, itemButton(this.report, this.selection, item)),
        values && element("td", { class: "number" }, short(value)),
      ));
    }
    const shown = user.history.length;
    const caption = shown < user.count ? `History: ${shown} of ${counted(user.count, "item")}` : `History: ${counted(shown, "item")}`;
    return element(
      "div", { class: "history", tabindex: 0, role: "region", "aria-label": "History of the user" },
      element(
        "table", { class: "list", id: "history" }, element("caption", {}, caption),
        element("thead", {}, element(
          "tr", {}, element("th", { scope: "col" }, "Item"),
          values && element("th", { scope: "col", class: "number" }, "Value"),
        )),
        body,
      ),
    );
  }

  private listOf(user: User): HTMLElement {
    const list = element("ol", { class: "recommendations", id: "recommendations" });
    user.recommendations.forEach((recommendation, place) =>
      list.append(this.entryOf(recommendation, place)));
    return element(
      "div", {}, element("h3", {}, "Recommendations"),
      user.recommendations.length ? list : element("p", { class: "note" }, "None: there is nothing left to recommend."),
    );
  }

  private entryOf(recommendation: Recommendation, place: number): HTMLElement {
    const id = freshId("parts");
    const onMap = button("Show on the map", () => this.selection.select(recommendation.item, true), { class: "on-map" });
    const parts = element("div", { id, hidden: place > 0 }, this.partsTable(recommendation), onMap);
    const title = this.report.title(recommendation.item);
    const toggle = button("", () => {
      parts.hidden = !parts.hidden;
      toggle.setAttribute("aria-expanded", String(!parts.hidden));
    }, { class: "toggle", "aria-expanded": String(place === 0), "aria-controls": id });
    toggle.append(
      element("span", { class: "place number" }, String(place + 1)),
      element("span", { class: "name" }, title),
      element("span", { class: "number score" }, fixed(recommendation.score, 3)),
    );
    return element("li", {}, toggle, parts);
  }

  private partsTable(recommendation: Recommendation): HTMLElement {
    const parts = partsOf(recommendation);
    const largest = Math.max(...parts.map((part) => Math.abs(part.value)), 1e-12);
    const body = element("tbody");
    for (const part of parts) {
      const bar = element("span", { class: part.value < 0 ? "share negative" : "share", "aria-hidden": "true" });
      bar.style.width = `${(50 * Math.abs(part.value)) / largest}%`;
      body.append(element(
        "tr", {},
        element("th", { scope: "row" }, part.item === null
          ? element("em", {}, part.name) : itemButton(this.report, this.selection, part.item)),
        element("td", { class: "shares" }, bar),
        element("td", { class: "number", "data-value": part.value }, signed(part.value)),
      ));
    }
    const sum = parts.reduce((total, part) => total + part.value, 0);
    return element(
      "table", { class: "parts" },
      element("caption", { class: "unseen" }, `What the score of ${this.report.title(recommendation.item)} is the sum of`),
      element("thead", { class: "unseen" }, element(
        "tr", {}, element("th", { scope: "col" }, "Part"), element("th", { scope: "col" }, "Bar"),
        element("th", { scope: "col" }, "Value"),
      )),
      body,
      element("tfoot", {}, element(
        "tr", {}, element("th", { scope: "row", colspan: 2 }, "Sum, the score"),
        element("td", { class: "number sum", "data-value": sum }, fixed(sum, 3)),
      )),
    );
  }
}

function signed(value: number): string {
  const text = fixed(value, 3);
  return value > 0 ? `+${text}` : text;
}
