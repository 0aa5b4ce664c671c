// Finds items and users by what someone types.

import type { Suggestion } from "./combobox.ts";

/** Small letters, without accents. */
export function plain(text: string): string {
  return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
}

export interface Findable {
  count: number;
  /** What is searched; the first is the best place to be found in. */
  names(entry: number): string[];
  weight(entry: number): number;
  suggestion(entry: number): Suggestion;
}

const mostSuggestions = 12;

/**
 * Exact names first, then those that begin with the query, then words that begin with it, then any
 * other place; of equals the heavier first. Without a query, the heaviest.
 */
export class Search {
  private readonly things: Findable;
  private names: string[][] | null = null;

  constructor(things: Findable) {
    this.things = things;
  }

  find(query: string): Suggestion[] {
    const wanted = plain(query.trim());
    const { things } = this;
    this.names ??= Array.from({ length: things.count }, (_, i) => things.names(i).map(plain));
    const found: { entry: number; rank: number }[] = [];
    this.names.forEach((names, entry) => {
      const rank = Math.min(...names.map((name) => rankOf(name, wanted)));
      if (rank < missed) found.push({ entry, rank });
    });
    found.sort((a, b) => a.rank - b.rank || things.weight(b.entry) - things.weight(a.entry) || a.entry - b.entry);
    return found.slice(0, mostSuggestions).map(({ entry }) => things.suggestion(entry));
  }
}

const missed = 4;

function rankOf(name: string, wanted: string): number {
  if (name === wanted) return 0;
  const place = name.indexOf(wanted);
  if (place === 0) return 1;
  if (place < 0) return missed;
  return name.includes(` ${wanted}`) ? 2 : 3;
}
