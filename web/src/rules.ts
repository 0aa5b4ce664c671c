// The rules for reading such a map, each beside this model's number and whether it holds here. The
// limits are ours, and said.

import type { ComponentFacts, ReportDocument } from "./document.ts";
import { element } from "./dom.ts";
import { fixed, percent } from "./format.ts";

export type Verdict = "holds" | "holds partly" | "does not hold" | "cannot be told";

export interface Rule {
  rule: string;
  number: string;
  verdict: Verdict;
  words: string;
}

export function rulesOf(document: ReportDocument): Rule[] {
  return [popularityRule(document), contentRule(document), varianceRule(document), personalizationRule(document)];
}

function verdict(size: number, yes: number, partly: number): Verdict {
  return size >= yes ? "holds" : size >= partly ? "holds partly" : "does not hold";
}

function unknown(rule: string, words: string): Rule {
  return { rule, number: "\u2013", verdict: "cannot be told", words };
}

function popularityRule({ component_facts: facts }: ReportDocument): Rule {
  const rule = "PC1 often captures popularity: mainstream against niche";
  const r = facts[0]?.popularity_correlation ?? null;
  if (r === null) return unknown(rule, "There is no correlation to look at: too few items, or all equally popular.");
  const found = verdict(Math.abs(r), 0.7, 0.4);
  const other = strongest(facts, (fact) => Math.abs(fact.popularity_correlation ?? 0));
  const elsewhere = other > 0 && found !== "holds"
    ? ` PC${other + 1} follows popularity more closely: r = ${fixed(facts[other].popularity_correlation ?? 0, 2)}.` : "";
  const words = {
    "holds": "PC1 is largely an axis of popularity: one end is what many know.",
    "holds partly": "Popularity is a part of PC1, and something else is too.",
    "does not hold": "PC1 is not an axis of popularity here.",
    "cannot be told": "",
  }[found];
  return { rule, number: `r = ${fixed(r, 2)}`, verdict: found, words: `${words}${elsewhere} (0.7 and more holds, 0.4 partly.)` };
}

function strongest(facts: ComponentFacts[], size: (fact: ComponentFacts) => number): number {
  return facts.reduce((best, fact, j) => (size(fact) > size(facts[best]) ? j : best), 0);
}

function contentRule({ component_facts: facts }: ReportDocument): Rule {
  const rule = "PC2 captures genre or other content";
  if (facts.length < 2) return unknown(rule, "There is no second component.");
  const known = facts[1].columns.filter((column) => column.r2 !== null);
  if (known.length === 0) {
    return unknown(rule, "No column of the items to compare with. Give the report one with --items FILE.");
  }
  const best = known.reduce((a, b) => ((b.r2 ?? 0) > (a.r2 ?? 0) ? b : a));
  const r2 = best.r2 ?? 0;
  const found = verdict(r2, 0.3, 0.1);
  const words = {
    "holds": `"${best.name}" explains ${percent(r2, 0)} of PC2.`,
    "holds partly": `"${best.name}" explains some of PC2; most of it is in none of the columns.`,
    "does not hold": "No column says much about PC2: it is a taste that the columns do not name, or chance.",
    "cannot be told": "",
  }[found];
  return { rule, number: `R\u00b2 = ${fixed(r2, 2)} (${best.name})`, verdict: found, words: `${words} (0.3 and more holds, 0.1 partly.)` };
}

function varianceRule({ items }: ReportDocument): Rule {
  const rule = "Low variance, 10 to 25 %, is normal for embeddings that spread over many factors";
  const { explained } = items.components;
  if (explained.length < 2) return unknown(rule, "There are fewer than two components.");
  const share = explained[0] + explained[1];
  const number = `${percent(share)} in PC1 and PC2`;
  if (share < 0.1) {
    return { rule, number, verdict: "does not hold", words: "It is even less: the map shows little of the geometry. Trust the neighbors, not the distances." };
  }
  if (share <= 0.25) {
    return { rule, number, verdict: "holds", words: "Most of the geometry is in the other components: near on the map is a hint, not a proof." };
  }
  return { rule, number, verdict: "does not hold", words: "It is more: these two directions hold much of the geometry, and the map can be read with more trust." };
}

function personalizationRule({ personalization }: ReportDocument): Rule {
  const rule = "Different users should get different recommendations";
  if (!personalization || personalization.users < 2) return unknown(rule, "There are no two users' lists to compare.");
  const { mean, k, histogram } = personalization;
  const found = verdict(mean, 0.8, 0.5);
  const words = {
    "holds": "The lists are the users' own.",
    "holds partly": "The lists share many items: popular ones come back often.",
    "does not hold": "Most users get much the same list. Compare with Popularity in the evaluation.",
    "cannot be told": "",
  }[found];
  return {
    rule, number: `${fixed(mean, 2)} at ${k}`, verdict: found,
    words: `${words} Two lists have nothing in common in ${percent(histogram[0] ?? 0)} of the pairs. (0.8 and more holds, 0.5 partly.)`,
  };
}

export function rulesTable(document: ReportDocument): HTMLElement {
  const body = element("tbody");
  for (const { rule, number, verdict: found, words } of rulesOf(document)) {
    body.append(element(
      "tr", {},
      element("th", { scope: "row" }, rule),
      element("td", { class: "number value", "data-label": "Here" }, number),
      element("td", { "data-label": "Verdict" }, element("span", { class: `verdict ${found.replaceAll(" ", "-")}` }, found)),
      element("td", {}, words),
    ));
  }
  return element(
    "table", { class: "rules", id: "rules" },
    element("caption", {}, "Rules of thumb, and this model"),
    element("thead", {}, element(
      "tr", {}, ...["Rule", "Here", "Verdict", "What it means"].map((text) => element("th", { scope: "col" }, text)))),
    body,
  );
}
