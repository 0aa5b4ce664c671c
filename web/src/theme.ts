// Light or dark: as the system has it, until someone chooses; the choice is kept where it can be.

import { element } from "./dom.ts";
import type { Theme } from "./colors.ts";

const key = "alsace-report-theme";
const system = matchMedia("(prefers-color-scheme: dark)");

function kept(): Theme | null {
  try {
    const value = localStorage.getItem(key);
    return value === "dark" || value === "light" ? value : null;
  } catch {
    return null;  // Pages from files have no storage in some browsers.
  }
}

function keep(theme: Theme): void {
  try {
    localStorage.setItem(key, theme);
  } catch {
    // It holds until the page is closed.
  }
}

/** The switch. `changed` is told after every change, whoever made it. */
export function themeSwitch(changed: () => void): HTMLButtonElement {
  let chosen = kept();
  const toggle = element("button", { type: "button", role: "switch", class: "theme", id: "theme" }, "Dark");
  const apply = (theme: Theme) => {
    if (document.documentElement.dataset.theme === theme) return;
    document.documentElement.dataset.theme = theme;
    toggle.setAttribute("aria-checked", String(theme === "dark"));
    changed();
  };
  const wanted = (): Theme => chosen ?? (system.matches ? "dark" : "light");
  toggle.addEventListener("click", () => {
    chosen = wanted() === "dark" ? "light" : "dark";
    keep(chosen);
    apply(chosen);
  });
  system.addEventListener("change", () => apply(wanted()));
  addEventListener("beforeprint", () => apply("light"));
  addEventListener("afterprint", () => apply(wanted()));
  apply(wanted());
  return toggle;
}
