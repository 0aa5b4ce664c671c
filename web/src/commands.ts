// The exact commands, each with a button that copies it.

import type { Report } from "./data.ts";
import { button, element } from "./dom.ts";

export function commandBox(command: string, name: string): HTMLElement {
  const code = element("code", {}, command);
  const status = element("span", { class: "unseen", role: "status" });
  const copy = button("Copy", () => {
    void copyText(command, code).then((done) => {
      copy.textContent = done ? "Copied" : "Press Ctrl+C";
      status.textContent = done ? "Copied." : "The command is selected: press Ctrl+C.";
      setTimeout(() => (copy.textContent = "Copy"), 2500);
    });
  }, { class: "copy", "aria-label": `Copy the ${name}` });
  return element(
    "div", { class: "command" },
    element("pre", { tabindex: 0, role: "region", "aria-label": name }, code), copy, status,
  );
}

/** Some browsers give a page from a file no clipboard: then the text is selected instead. */
async function copyText(text: string, shown: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    getSelection()?.selectAllChildren(shown);
    return false;
  }
}

export function commandsList(report: Report): HTMLElement {
  const { train, report: made } = report.document.commands;
  return element(
    "div", { class: "commands" },
    element("h3", {}, "The commands"),
    element("p", { class: "note" }, "What trained this model:"), commandBox(train, "training command"),
    element("p", { class: "note" }, "What made this page:"), commandBox(made, "report command"),
  );
}
