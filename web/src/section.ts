// One part of the page: a heading, a line that says what it shows, and its content.

import { element, type Child } from "./dom.ts";

export function section(id: string, heading: string, introduction: string, ...content: Child[]): HTMLElement {
  return element(
    "section", { id, "aria-labelledby": `${id}-heading` },
    element("h2", { id: `${id}-heading` }, heading),
    introduction !== "" && element("p", { class: "introduction" }, introduction),
    ...content,
  );
}

/** A smaller part: a card in a grid. */
export function card(id: string, heading: string, ...content: Child[]): HTMLElement {
  return element(
    "article", { class: "card", id, "aria-labelledby": `${id}-heading` },
    element("h3", { id: `${id}-heading` }, heading), ...content,
  );
}
