// A second reading of the document, written apart from the page's: what the tests compare with.

import type { ReportDocument } from "../src/document.ts";

/** Item factors in double, by moving the bits of each half to where a float has them. */
export function factorsOf(document: ReportDocument): number[][] {
  const { k, half } = document.items.factors;
  const bytes = Buffer.from(half, "base64");
  const bits = new Uint32Array(1);
  const float = new Float32Array(bits.buffer);
  return document.items.ids.map((_, item) =>
    Array.from({ length: k }, (_, f) => {
      const word = bytes.readUInt16LE(2 * (item * k + f));
      bits[0] = ((word & 0x8000) << 16) | ((word & 0x7fff) << 13);
      return float[0] * 2 ** 112;
    }));
}

/** Cosines of an item with all others, falling; ties by rising row. */
export function cosines(factors: number[][], item: number): { item: number; score: number }[] {
  const length = (v: number[]) => Math.hypot(...v);
  const dot = (a: number[], b: number[]) => a.reduce((sum, x, f) => sum + x * b[f], 0);
  return factors
    .map((other, i) => ({ item: i, score: dot(factors[item], other) / (length(factors[item]) * length(other)) }))
    .filter((entry) => entry.item !== item && Number.isFinite(entry.score))
    .sort((a, b) => b.score - a.score || a.item - b.item);
}

/** Component j of an item: basis_j . (y - mean). */
export function componentOf(document: ReportDocument, factors: number[][], j: number, item: number): number {
  const { mean, basis } = document.items.components;
  const [m, b] = [Buffer.from(mean, "base64"), Buffer.from(basis, "base64")];
  const k = document.items.factors.k;
  let sum = 0;
  for (let f = 0; f < k; f++) sum += b.readFloatLE(4 * (j * k + f)) * (factors[item][f] - m.readFloatLE(4 * f));
  return sum;
}
