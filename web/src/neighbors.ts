// The items nearest to an item by cosine, over all factors and not only the two that are drawn.

import type { Report } from "./data.ts";

export interface Neighbor {
  item: number;
  score: number;
}

/** Length of each item's vector, per report: counted once, when the first item is chosen. */
const lengths = new WeakMap<Report, Float32Array>();

function lengthsOf(report: Report): Float32Array {
  let found = lengths.get(report);
  if (!found) {
    const { vectors, factors: k, count } = report;
    found = new Float32Array(count);
    for (let i = 0; i < count; i++) {
      let sum = 0;
      for (let f = i * k; f < (i + 1) * k; f++) sum += vectors[f] * vectors[f];
      found[i] = Math.sqrt(sum);
    }
    lengths.set(report, found);
  }
  return found;
}

/**
 * At most `top` items by falling cosine; ties go to the lower row. Items whose vector is zero have
 * no direction: they are nobody's neighbors and have none. One pass over all factors.
 */
export function nearestItems(report: Report, item: number, top = 10): Neighbor[] {
  const { vectors, factors: k, count } = report;
  const norms = lengthsOf(report);
  if (!(norms[item] > 0)) return [];
  const best: Neighbor[] = [];
  const start = item * k;
  for (let i = 0; i < count; i++) {
    if (i === item || !(norms[i] > 0)) continue;
    let dot = 0;
    for (let f = 0, row = i * k; f < k; f++) dot += vectors[start + f] * vectors[row + f];
    const score = dot / (norms[item] * norms[i]);
    if (best.length === top && score <= best[top - 1].score) continue;
    let place = best.length;
    while (place > 0 && best[place - 1].score < score) place--;
    best.splice(place, 0, { item: i, score });
    if (best.length > top) best.pop();
  }
  return best;
}
