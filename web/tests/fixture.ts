// Reports that were never trained, of known geometry: components are the factors' own axes.

import { readFileSync, writeFileSync } from "node:fs";
import type { Column, Recommendation, ReportDocument, User } from "../src/document.ts";

export interface FixtureOptions {
  items?: number;
  factors?: number;
  users?: number;
  seed?: number;
  titled?: boolean;
  columns?: boolean;
  evaluated?: boolean;
  explicit?: boolean;
}

/** Evenly spread numbers in [0, 1), the same for the same seed. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function normal(next: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

/** The bits of the nearest half, for sizes from 2^-14 to 65504 and 0; smaller ones become 0. */
export function halfBits(value: number): number {
  const size = Math.abs(value);
  if (size < 2 ** -14) return 0;
  const exponent = Math.floor(Math.log2(size));
  const bits = ((exponent + 15) << 10) + Math.round((size / 2 ** exponent - 1) * 1024);
  return (value < 0 ? 0x8000 : 0) | bits;
}

function base64Of(array: Uint16Array | Float32Array): string {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString("base64");
}

const genres = ["Drama", "Comedy", "Thriller", "Romance", "War", "Horror", "Musical", "Western", "Crime", "Mystery", "Fantasy"];
const firstWords = ["The Quiet", "My Awkward", "A Distant", "Red", "Last", "Silver", "Nobody's", "One More", "Broken", "The Long"];
const lastWords = ["Winter", "Neighbor", "River", "Train", "Summer", "Letter", "Island", "Waltz", "Harvest", "Window", "Signal"];

function titleOf(item: number): string {
  return `${firstWords[item % 10]} ${lastWords[Math.floor(item / 10) % 11]} ${1930 + (item % 90)}`;
}

function columnsOf(count: number, groups: number[]): Column[] {
  return [
    { name: "year", kind: "number", values: groups.map((_, i) => (i % 17 === 5 ? null : 1930 + (i % 90))) },
    {
      name: "genres", kind: "category", labels: genres,
      values: Array.from({ length: count }, (_, i) => (i % 23 === 7 ? [] : i % 3 ? [groups[i]] : [groups[i], (groups[i] + 4) % 11])),
    },
  ];
}

function recommendationOf(item: number, history: [number, number][], place: number, explicit: boolean): Recommendation {
  const contributions = history.slice(0, 10).map(([h], i): [number, number] => [h, (i % 4 === 3 ? -0.02 : 0.21) / (i + 1)]);
  const [mean, item_bias, user_bias] = explicit ? [3.58, 0.21 - place * 0.01, -0.3] : [0, 0, 0];
  const rest = history.length > 10 ? 0.125 - place * 0.02 : 0;
  const sum = contributions.reduce((total, [, c]) => total + c, 0);
  return { item, score: mean + item_bias + user_bias + sum + rest, mean, item_bias, user_bias, contributions, rest };
}

function usersOf(count: number, items: number, explicit: boolean): User[] {
  return Array.from({ length: count }, (_, u): User => {
    const length = Math.min(3 + 7 * u, Math.max(items - 1, 1), 40);
    const history = Array.from({ length }, (_, h): [number, number] => [(u * 13 + h * 7) % items, explicit ? 1 + (h % 5) : 1]);
    const seen = new Set(history.map(([item]) => item));
    const left = Array.from({ length: items }, (_, i) => i).filter((i) => !seen.has(i)).slice(0, 10);
    return {
      id: `user${u + 1}`, count: length, history,
      recommendations: left.map((item, place) => recommendationOf(item, history, place, explicit)),
    };
  });
}

const metric = (mean: number) => ({ mean, low: mean * 0.93, high: mean * 1.07 });

export function makeDocument(options: FixtureOptions = {}): ReportDocument {
  const { items = 400, factors: k = 8, users = 6, seed = 7, titled = true, columns = true, evaluated = true, explicit = false } = options;
  const next = random(seed);
  const groups = Array.from({ length: items }, () => Math.floor(next() ** 2 * 11));
  const popularity = Array.from({ length: items }, (_, i) => Math.max(1, Math.round(3000 / (1 + i * (300 / items)) ** 0.9)));
  const values = new Float32Array(items * k);
  for (let i = 0; i < items; i++) {
    values[i * k] = Math.log10(popularity[i]) * 0.7 + 0.2 * normal(next);
    for (let f = 1; f < k; f++) values[i * k + f] = (groups[i] % k === f ? 0.35 : 0) + (0.3 / Math.sqrt(f)) * normal(next);
  }
  const count = Math.min(k, items - 1);
  const mean = new Float32Array(k);
  const variance = new Float64Array(k);
  for (let i = 0; i < items; i++) for (let f = 0; f < k; f++) mean[f] += values[i * k + f] / items;
  for (let i = 0; i < items; i++) for (let f = 0; f < k; f++) variance[f] += (values[i * k + f] - mean[f]) ** 2;
  const total = variance.reduce((sum, v) => sum + v, 0) || 1;
  const axes = Array.from({ length: k }, (_, f) => f).sort((a, b) => variance[b] - variance[a]).slice(0, count);
  const basis = new Float32Array(count * k);
  axes.forEach((f, j) => (basis[j * k + f] = 1));
  const objective = Array.from({ length: 15 }, (_, i) => 140000 + 120000 / (i + 1) ** 1.6);
  return {
    format: 1, title: "Films of nowhere", program: "alsace 0.1.0",
    commands: {
      report: "alsace report films.alsace --items titles.csv --out report.html",
      train: "alsace train plays.csv --model films.alsace --factors 8",
    },
    facts: {
      feedback: explicit ? "explicit" : "implicit", users: users + 2, items, trained_users: users, trained_items: items,
      interactions: popularity.reduce((sum, p) => sum + p, 0), low: 12, density: 0.041,
      user_counts: [1, 12, 35, 80, 410], item_counts: [1, 3, 11, 60, 3000], value_mean: 1.47, value_min: 1, value_max: 5,
      confidence_median: explicit ? null : 11, confidence_p99: explicit ? null : 51, confidence_max: explicit ? null : 51,
      model_hash: "aec742a4bbfc353e", options: { feedback: "implicit", factors: k, regularization: 0.3, confidence: "relative", dislikes: false },
    },
    training: { objective, seconds: objective.map((_, i) => 0.02 + (i % 3) * 0.004), final_objective: 139512.25, stopped: "iterations", warnings: [] },
    spectrum: Array.from({ length: k }, (_, f) => 0.5 / (1 + f) ** 0.6),
    items: {
      ids: Array.from({ length: items }, (_, i) => `film${i + 1}`),
      titles: titled ? Array.from({ length: items }, (_, i) => titleOf(i)) : null,
      popularity, columns: columns ? columnsOf(items, groups) : [],
      factors: { k, half: base64Of(Uint16Array.from(values, halfBits)) },
      components: { count, explained: axes.map((f) => variance[f] / total), mean: base64Of(mean), basis: base64Of(basis) },
    },
    component_facts: axes.slice(0, 10).map((_, j) => ({
      popularity_correlation: j ? 0.1 / j : 0.83,
      columns: columns ? [{ name: "year", r2: 0.02 }, { name: "genres", r2: j === 1 ? 0.41 : 0.08 }] : [],
    })),
    users: usersOf(users, items, explicit),
    evaluation: evaluated ? {
      data: { users: 2000, items, train_interactions: 76000, test_users: 2000 }, split: "leave-last-two",
      models: [
        { name: "als", metrics: { "recall@10": metric(0.2385), "ndcg@10": metric(0.129), "coverage@10": { mean: 0.62 } } },
        { name: "random", metrics: { "recall@10": metric(0.0075), "ndcg@10": metric(0.0038) } },
        { name: "popularity", metrics: { "recall@10": metric(0.066), "ndcg@10": metric(0.0313), "coverage@10": { mean: 0.02 } } },
      ],
    } : null,
    personalization: { k: 10, users: 2000, mean: 0.91, histogram: [0.52, 0.25, 0.12, 0.06, 0.03, 0.01, 0.005, 0.003, 0.001, 0.001, 0] },
  };
}

/** What the program does: puts the document into the page, every < written so that it ends nothing. */
export function pageOf(document: ReportDocument): string {
  const page = readFileSync(new URL("../dist/report.html", import.meta.url), "utf8");
  const json = JSON.stringify(document).replaceAll("<", "\\u003c");
  return page.replace("ALSACE_DATA", () => json);
}

export function writePage(path: string, document: ReportDocument): string {
  writeFileSync(path, pageOf(document));
  return `file://${path}`;
}
