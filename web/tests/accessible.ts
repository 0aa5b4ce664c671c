// What can be checked of accessibility by rules: names, references, headings, tables, contrast.

import type { Page } from "playwright-core";

/** What is wrong on the page as it is now; nothing when all is well. */
export function problemsOf(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const all = [...document.querySelectorAll<HTMLElement>("body *")];
    const shown = (e: Element) => e.getClientRects().length > 0 && getComputedStyle(e).visibility !== "hidden";
    const say = (e: Element, what: string) => found.push(`${e.tagName.toLowerCase()}#${e.id}.${e.getAttribute("class") ?? ""} "${(e.textContent ?? "").slice(0, 30)}": ${what}`);
    const textOf = (ids: string) => ids.split(" ").map((id) => document.getElementById(id)?.textContent ?? "").join(" ");
    const nameOf = (e: HTMLElement) =>
      (e.getAttribute("aria-label") ?? textOf(e.getAttribute("aria-labelledby") ?? "")).trim() ||
      [...((e as HTMLInputElement).labels ?? [])].map((l) => l.textContent).join(" ").trim() ||
      (["BUTTON", "A", "SUMMARY"].includes(e.tagName) ? (e.textContent ?? "").trim() : "");

    if (!document.documentElement.lang) found.push("the page has no language");
    for (const landmark of ["header", "nav", "main", "footer"]) {
      if (document.querySelectorAll(landmark).length !== 1) found.push(`there is not one ${landmark}`);
    }
    const ids = all.map((e) => e.id).filter((id) => id !== "");
    ids.forEach((id, i) => ids.indexOf(id) !== i && found.push(`id ${id} stands twice`));
    for (const attribute of ["aria-controls", "aria-labelledby", "aria-describedby", "aria-activedescendant", "for"]) {
      for (const e of document.querySelectorAll(`[${attribute}]`)) {
        for (const id of (e.getAttribute(attribute) ?? "").split(" ")) {
          if (!document.getElementById(id)) say(e, `${attribute} names ${id}, which is not there`);
        }
      }
    }
    for (const e of all) {
      const role = e.getAttribute("role") ?? "";
      const operable = ["BUTTON", "A", "INPUT", "SELECT", "SUMMARY"].includes(e.tagName);
      if ((operable || ["application", "region", "group", "img", "listbox"].includes(role)) && nameOf(e) === "") say(e, "no name");
      if (Number(e.getAttribute("tabindex")) > 0) say(e, "a tabindex above 0");
      if (e.tagName === "TABLE" && !e.querySelector("caption")?.textContent) say(e, "no caption");
      if (e.tagName === "TH" && !e.getAttribute("scope")) say(e, "no scope");
      if (e.tagName === "svg" && !e.querySelector("title")) say(e, "no title");
      if (e.tagName === "CANVAS" && !e.closest("[role=application]")) say(e, "no words for it");
      if (shown(e) && /(auto|scroll)/.test(getComputedStyle(e).overflowY) && e.scrollHeight > e.clientHeight + 1 && e.tabIndex < 0 && role !== "listbox") say(e, "scrolls without keys");
    }
    let level = 0;
    for (const heading of document.querySelectorAll("h1, h2, h3, h4")) {
      const next = Number(heading.tagName[1]);
      if (next > level + 1) say(heading, `follows a heading of level ${level}`);
      level = next;
    }

    // Contrast of every shown text with the nearest ground that is painted.
    type Color = [number, number, number, number];
    const parse = (text: string): Color => {
      const [r, g, b, a = 1] = (text.match(/[\d.]+/g) ?? []).map(Number);
      return [r, g, b, a];
    };
    const luminance = ([r, g, b]: Color) =>
      [r, g, b].map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
    const groundOf = (e: Element | null): Color => {
      for (; e; e = e.parentElement) {
        const color = parse(getComputedStyle(e).backgroundColor);
        if (color[3] === 1) return color;
      }
      return [255, 255, 255, 1];
    };
    for (const e of all) {
      const own = [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && (n.textContent ?? "").trim() !== "");
      if (!own || !shown(e) || e.closest(".unseen, script, noscript, svg title")) continue;
      const style = getComputedStyle(e);
      const color = parse(e.closest("svg") ? style.fill : style.color);
      const [a, b] = [luminance(color), luminance(groundOf(e))].sort((p, q) => q - p);
      const large = Number.parseFloat(style.fontSize) >= 24 || (Number.parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700);
      const ratio = (a + 0.05) / (b + 0.05);
      if (ratio < (large ? 3 : 4.5)) say(e, `contrast ${ratio.toFixed(2)}`);
    }
    return found;
  });
}
