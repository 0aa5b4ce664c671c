// A text field with suggestions, as the ARIA practices have it: typing filters, arrows walk, Enter
// takes, Escape closes.

import { element, freshId } from "./dom.ts";

export interface Suggestion {
  value: number;
  text: string;
  note: string;
}

export interface ComboboxOptions {
  label: string;
  placeholder: string;
  name: string;
  suggest(query: string): Suggestion[];
  take(value: number): void;
}

export class Combobox {
  readonly root: HTMLElement;
  readonly input: HTMLInputElement;
  private readonly list: HTMLUListElement;
  private readonly status: HTMLElement;
  private readonly options: ComboboxOptions;
  private shown: Suggestion[] = [];
  private active = -1;

  constructor(options: ComboboxOptions) {
    this.options = options;
    const id = freshId(options.name);
    this.list = element("ul", { id: `${id}-list`, role: "listbox", "aria-label": "Suggestions", hidden: true });
    this.input = element("input", {
      id, type: "text", role: "combobox", placeholder: options.placeholder, autocomplete: "off",
      spellcheck: "false", "aria-autocomplete": "list", "aria-expanded": "false",
      "aria-controls": this.list.id,
    });
    this.status = element("span", { class: "unseen", role: "status" });
    this.root = element(
      "div", { class: "combobox" },
      element("label", { for: id }, options.label), this.input, this.list, this.status,
    );
    this.input.addEventListener("input", () => this.open());
    this.input.addEventListener("focus", () => this.input.select());
    this.input.addEventListener("click", () => this.open());
    this.input.addEventListener("blur", () => this.close());
    this.input.addEventListener("keydown", (event) => this.key(event));
    // Before the blur that a click brings.
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = (event.target as Element).closest("li");
      if (option) this.take([...this.list.children].indexOf(option));
    });
  }

  set text(text: string) {
    this.input.value = text;
  }

  private open(): void {
    const query = this.input.value;
    this.shown = this.options.suggest(query);
    this.active = -1;
    this.list.replaceChildren(...this.shown.map((suggestion, place) =>
      element(
        "li", { id: `${this.list.id}-${place}`, role: "option", "aria-selected": "false" },
        element("span", {}, suggestion.text), element("small", {}, suggestion.note),
      )));
    this.list.hidden = this.shown.length === 0;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    this.input.removeAttribute("aria-activedescendant");
    const found = this.shown.length;
    this.status.textContent = found ? `${found} ${found === 1 ? "suggestion" : "suggestions"}` : "Nothing found";
    this.root.classList.toggle("empty", found === 0 && query.trim() !== "");
  }

  private close(): void {
    this.list.hidden = true;
    this.active = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    this.root.classList.remove("empty");
  }

  private key(event: KeyboardEvent): void {
    const open = !this.list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) this.open();
      this.walk(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (!open) this.open();
      this.take(Math.max(this.active, 0));
    } else if (event.key === "Escape" && open) {
      event.stopPropagation();
      this.close();
    }
  }

  private walk(step: number): void {
    const count = this.shown.length;
    if (count === 0) return;
    this.active = this.active < 0 && step < 0 ? count - 1 : (this.active + step + count) % count;
    [...this.list.children].forEach((option, place) =>
      option.setAttribute("aria-selected", String(place === this.active)));
    const option = this.list.children[this.active];
    this.input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  private take(place: number): void {
    const suggestion = this.shown[place];
    if (!suggestion) return;
    this.input.value = suggestion.text;
    this.close();
    this.options.take(suggestion.value);
  }
}
