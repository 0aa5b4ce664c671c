// How the training went: the objective per iteration, and the spectrum of what came out.

import { barMarks, chart, lineMarks, numbersTable, type Axis } from "./charts.ts";
import type { Report } from "./data.ts";
import { element } from "./dom.ts";
import { counted, percent, seconds, short } from "./format.ts";
import { range } from "./picking.ts";
import { card, section } from "./section.ts";

export function trainingSection(report: Report): HTMLElement {
  const { training } = report.document;
  return section(
    "training", "Training", "",
    ...training.warnings.map((warning) => element("p", { class: "notice warning" }, warning)),
    element("div", { class: "grid" }, objectiveCard(report), spectrumCard(report)),
  );
}

function objectiveCard(report: Report): HTMLElement {
  const { objective, seconds: times, final_objective: final, stopped } = report.document.training;
  if (objective.length === 0) {
    return card("objective", "Objective", element("p", { class: "note" }, "This model has no record of its training."));
  }
  const total = times.reduce((sum, t) => sum + t, 0);
  const place = element("div", {}, objectiveChart(report, false));
  const timed = element("input", { type: "checkbox", id: "objective-time" });
  timed.addEventListener("change", () => place.replaceChildren(objectiveChart(report, timed.checked)));
  return card(
    "objective", "Objective", place,
    element("span", { class: "control" }, timed, element("label", { for: timed.id }, "over seconds instead of iterations")),
    element("p", {}, `${short(final)} for the factors as written, after ${seconds(total)} in ` +
      `${counted(objective.length, "iteration")} (${seconds(total / objective.length)} each). ${stopText(stopped)}`),
    numbersTable("Objective and time of each iteration", ["iteration", "objective", "seconds"],
      objective.map((value, i) => [String(i + 1), short(value), (times[i] ?? 0).toPrecision(3)])),
  );
}

/** Over the iterations, or over the seconds since the training began. */
function objectiveChart(report: Report, timed: boolean): HTMLElement {
  const { objective, seconds: times } = report.document.training;
  const count = objective.length;
  const passed: number[] = [];
  objective.forEach((_, i) => passed.push((passed[i - 1] ?? 0) + (times[i] ?? 0)));
  const [low, high] = range(objective);
  const pad = (high - low) * 0.05 || Math.abs(high) * 0.05 || 1;
  const fall = objective[0] ? (objective[0] - objective[count - 1]) / Math.abs(objective[0]) : 0;
  const x: Axis = timed
    ? { label: "seconds", low: 0, high: passed[count - 1] || 1 }
    : { label: "iteration", low: 1, high: Math.max(count, 2), ...(count <= 12 ? { ticks: objective.map((_, i) => i + 1) } : {}) };
  return chart(
    `Objective after each of ${counted(count, "iteration")}, in ${seconds(passed[count - 1])}: from ${short(objective[0])} to ` +
      `${short(objective[count - 1])}, a fall of ${percent(fall)}.`,
    260, x, { label: "objective", low: low - pad, high: high + pad },
    (plot) => lineMarks(plot, objective.map((value, i) => [timed ? passed[i] : i + 1, value]),
      (i) => `iteration ${i + 1}: ${short(objective[i])}, ${seconds(times[i] ?? 0)}`),
  );
}

function stopText(stopped: string): string {
  return stopped === "iterations" ? "It ran all its iterations." : `It stopped by: ${stopped}.`;
}

function spectrumCard(report: Report): HTMLElement {
  const { spectrum } = report.document;
  const total = spectrum.reduce((sum, value) => sum + value, 0);
  // As many equal directions as would be spread the same way.
  const effective = total > 0 ? total ** 2 / spectrum.reduce((sum, value) => sum + value * value, 0) : 0;
  const high = Math.max(...spectrum, 0) || 1;
  const words =
    `The eigenvalues of the item factors' Gram matrix, the largest with ${percent(total > 0 ? spectrum[0] / total : 0)} ` +
    `of their sum. They are spread as over ${short(Number(effective.toPrecision(3)))} equal directions of ${spectrum.length}.`;
  return card(
    "spectrum", "Spectrum",
    chart(
      words, 260,
      { label: "eigenvalue", low: -0.5, high: spectrum.length - 0.5, format: (i) => String(i + 1), ticks: barTicks(spectrum.length) },
      { label: "size", low: 0, high: high * 1.05 },
      (plot) => barMarks(plot, spectrum, (i) => `eigenvalue ${i + 1}: ${short(spectrum[i])}`),
    ),
    element("p", {}, words, " A steep fall means that few directions hold most of the geometry, a flat one that all of them are in use."),
    numbersTable("Eigenvalues of the item factors' Gram matrix", ["place", "eigenvalue", "share"],
      spectrum.map((value, i) => [String(i + 1), short(value), percent(total > 0 ? value / total : 0, 2)])),
  );
}

/** Places of bars that get a number: the first, and about eight more. */
function barTicks(count: number): number[] {
  const step = Math.max(1, Math.ceil(count / 8));
  const places: number[] = [];
  for (let i = 0; i < count; i += step) places.push(i);
  return places;
}
