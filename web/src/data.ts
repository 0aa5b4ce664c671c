// Reads the document out of the page and decodes its factors, once.

import type { ReportDocument } from "./document.ts";
import { decodeFloats, decodeHalves } from "./binary.ts";

/** The format of the document that this page reads. */
export const format = 1;

export class Report {
  readonly document: ReportDocument;
  readonly count: number;
  readonly factors: number;
  /** Item factors, row-major [count x factors]. */
  readonly vectors: Float32Array;
  readonly mean: Float32Array;
  /** Directions of the components, row-major [components x factors]. */
  readonly basis: Float32Array;
  private readonly projected = new Map<number, Float32Array>();

  constructor(document: ReportDocument) {
    const { ids, factors, components } = document.items;
    this.document = document;
    this.count = ids.length;
    this.factors = factors.k;
    this.vectors = decodeHalves(factors.half, this.count * factors.k, "items.factors");
    this.mean = decodeFloats(components.mean, factors.k, "items.components.mean");
    this.basis = decodeFloats(components.basis, components.count * factors.k, "items.components.basis");
  }

  id(item: number): string {
    return this.document.items.ids[item];
  }

  /** The title, or the id of an item without one. */
  title(item: number): string {
    return this.document.items.titles?.[item] || this.id(item);
  }

  popularity(item: number): number {
    return this.document.items.popularity[item];
  }

  get components(): number {
    return this.document.items.components.count;
  }

  /** Component j of every item: basis_j . (y_i - mean). All zero where there is no such component. */
  component(j: number): Float32Array {
    let values = this.projected.get(j);
    if (!values) {
      values = j < this.components ? this.project(j) : new Float32Array(this.count);
      this.projected.set(j, values);
    }
    return values;
  }

  private project(j: number): Float32Array {
    const { factors: k, vectors, mean } = this;
    const direction = this.basis.subarray(j * k, (j + 1) * k);
    let offset = 0;
    for (let f = 0; f < k; f++) offset += direction[f] * mean[f];
    const values = new Float32Array(this.count);
    for (let i = 0, start = 0; i < this.count; i++, start += k) {
      let sum = 0;
      for (let f = 0; f < k; f++) sum += direction[f] * vectors[start + f];
      values[i] = sum - offset;
    }
    return values;
  }
}

/** The report in the page, or an error that says what is wrong with it. */
export function readReport(text: string): Report {
  let document: ReportDocument;
  try {
    document = JSON.parse(text) as ReportDocument;
  } catch {
    throw new Error("This page holds no report. Make one with: alsace report MODEL --out report.html");
  }
  if (document.format !== format) {
    throw new Error(`This page reads reports of format ${format}, and this one has ${document.format}.`);
  }
  return new Report(document);
}
