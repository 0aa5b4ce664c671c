// Puts the page together.

import "../style.css";
import { explainedTable, popularityCard } from "./components.ts";
import { readReport, type Report } from "./data.ts";
import { element } from "./dom.ts";
import { evaluationSection } from "./evaluation.ts";
import { factsSection } from "./facts.ts";
import { counted } from "./format.ts";
import { ItemMap } from "./map.ts";
import { rulesTable } from "./rules.ts";
import { section } from "./section.ts";
import { Selection } from "./selection.ts";
import { themeSwitch } from "./theme.ts";
import { trainingSection } from "./training.ts";
import { Why } from "./why.ts";

const parts = [
  ["map", "Map"], ["why", "Why"], ["reading", "Reading"], ["training", "Training"],
  ["evaluation", "Evaluation"], ["facts", "Data"],
] as const;

function summary(report: Report): string {
  const { facts, program } = report.document;
  return [
    `${facts.feedback} feedback`, counted(facts.trained_users, "user"), counted(facts.trained_items, "item"),
    counted(facts.interactions, "interaction"), counted(report.factors, "factor"), program,
  ].join(" \u00b7 ");
}

function header(report: Report, theme: HTMLElement): HTMLElement {
  return element(
    "header", {},
    element("div", { class: "title" }, element("h1", {}, report.document.title), element("p", {}, summary(report))),
    element("nav", { "aria-label": "Parts of the report" },
      ...parts.map(([id, name]) => element("a", { href: `#${id}` }, name)), theme),
  );
}

function readingSection(report: Report): HTMLElement {
  return section(
    "reading", "How to read the map", "",
    rulesTable(report.document),
    element("div", { class: "grid" }, popularityCard(report), explainedTable(report)),
  );
}

function show(report: Report, page: HTMLElement): void {
  const selection = new Selection();
  let map: ItemMap | null = null;
  const theme = themeSwitch(() => {
    map?.recolor();
    map?.scatter.draw();
  });
  document.title = report.document.title;
  page.append(element("a", { class: "skip", href: "#map" }, "To the map"), header(report, theme));
  const main = element("main");
  page.append(main);
  map = new ItemMap(report, selection, main);
  main.append(
    new Why(report, selection).root, readingSection(report), trainingSection(report),
    evaluationSection(report), factsSection(report),
  );
  page.append(element("footer", {}, `Made by ${report.document.program}. This page is one file and loads nothing.`));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && selection.selected !== null) selection.select(null);
  });
  addEventListener("beforeprint", () => map?.scatter.draw());
  watchable(report, selection, map);
}

/** What tests and the curious may look at; nothing of it can be written. */
function watchable(report: Report, selection: Selection, map: ItemMap): void {
  const { scatter } = map;
  Object.defineProperty(window, "alsace", {
    value: Object.freeze({
      get selected() { return selection.selected; },
      get neighbors() { return map.neighbors.map((neighbor) => ({ ...neighbor })); },
      get hovered() { return scatter.hovered; },
      get view() { return { x: scatter.camera.x, y: scatter.camera.y, zoom: scatter.camera.zoom }; },
      get frames() { return scatter.frames; },
      renderer: scatter.renderer.kind,
      items: report.count,
      positionOf: (item: number) => scatter.positionOf(item),
    }),
  });
}

function start(): void {
  const page = document.getElementById("page") as HTMLElement;
  try {
    show(readReport(document.getElementById("alsace-data")?.textContent ?? ""), page);
  } catch (error) {
    page.replaceChildren(element("p", { class: "notice", role: "alert" }, error instanceof Error ? error.message : String(error)));
  }
}

start();
