// A walk through a report as a reader takes it: every step against the document of the page. Used on
// made-up reports, and on those that the program makes.

import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import type { ReportDocument } from "../src/document.ts";
import { open, type OpenOptions } from "./browser.ts";
import { cosines, factorsOf } from "./truth.ts";

declare global {
  interface Window {
    alsace: {
      selected: number | null;
      neighbors: { item: number; score: number }[];
      hovered: number | null;
      view: { x: number; y: number; zoom: number };
      frames: number;
      renderer: string;
      items: number;
      positionOf(item: number): { x: number; y: number };
    };
  }
}

export const search = (page: Page) => page.getByRole("combobox", { name: "Find an item" });
export const selected = (page: Page) => page.evaluate(() => window.alsace.selected);
export const view = (page: Page) => page.evaluate(() => window.alsace.view);
export const positionOf = (page: Page, item: number) => page.evaluate((i) => window.alsace.positionOf(i), item);

export async function documentOf(page: Page): Promise<ReportDocument> {
  return JSON.parse((await page.locator("#alsace-data").textContent()) ?? "") as ReportDocument;
}

export const titleOf = (document: ReportDocument, item: number) =>
  document.items.titles?.[item] || document.items.ids[item];

/** Goes over the whole page at `address` and leaves it open nowhere. */
export async function walk(browser: Browser, address: string, options: OpenOptions = {}): Promise<void> {
  const { page, complaints, requests } = await open(browser, address, { reducedMotion: "reduce", ...options });
  const document = await documentOf(page);
  assert.equal(await page.locator("h1").textContent(), document.title);
  await pointsAndNeighbors(page, document);
  await searching(page, document);
  await axesAndColors(page, document);
  await moving(page);
  await explanations(page, document);
  await numbers(page, document);
  await darkness(page);
  assert.deepEqual(complaints, []);
  assert.deepEqual(requests, []);
  await page.context().close();
}

/** An item that no other is drawn upon, so that a click on it means it. */
export async function lonelyItem(page: Page, document: ReportDocument): Promise<number> {
  return page.evaluate((count) => {
    const places = Array.from({ length: count }, (_, i) => window.alsace.positionOf(i));
    const apart = places.map((p, i) => Math.min(...places.map((q, j) => (i === j ? Infinity : Math.hypot(p.x - q.x, p.y - q.y)))));
    return apart.indexOf(Math.max(...apart));
  }, Math.min(document.items.ids.length, 3000));
}

export async function checkNeighbors(page: Page, document: ReportDocument, item: number): Promise<void> {
  const expected = cosines(factorsOf(document), item);
  const scores = new Map(expected.map((n) => [n.item, n.score]));
  const found = await page.evaluate(() => window.alsace.neighbors);
  assert.equal(found.length, Math.min(10, expected.length));
  found.forEach((n, place) => {
    assert.ok(Math.abs(n.score - (scores.get(n.item) ?? NaN)) < 1e-5, `score of neighbor ${place}`);
    assert.ok(Math.abs(n.score - expected[place].score) < 1e-5, `rank of neighbor ${place}`);
  });
  const rows = await page.locator("#neighbors tbody tr").evaluateAll((all) =>
    all.map((row) => [row.querySelector("th")?.textContent, row.querySelector("td:last-child")?.textContent]));
  assert.deepEqual(rows, found.map((n) => [titleOf(document, n.item), n.score.toFixed(3).replace("-", "\u2212")]));
}

async function pointsAndNeighbors(page: Page, document: ReportDocument): Promise<void> {
  const item = await lonelyItem(page, document);
  const place = await positionOf(page, item);
  await page.mouse.move(place.x, place.y);
  await page.waitForFunction((i) => window.alsace.hovered === i, item);
  const tooltip = await page.locator(".tooltip").innerText();
  assert.ok(tooltip.includes(titleOf(document, item)), tooltip);
  assert.match(tooltip, /\d interactions?/);
  await page.mouse.click(place.x, place.y);
  assert.equal(await selected(page), item);
  await checkNeighbors(page, document, item);
  assert.ok((await page.locator("#selection-status").innerText()).includes(titleOf(document, item)));
  const second = await page.evaluate(() => window.alsace.neighbors[1]?.item ?? null);
  if (second !== null) {
    await page.locator("#neighbors tbody tr").nth(1).getByRole("button").click();
    assert.equal(await selected(page), second);
    await checkNeighbors(page, document, second);
  }
  await page.keyboard.press("Escape");
  assert.equal(await selected(page), null);
  assert.equal(await page.locator("#neighbors").count(), 0);
  await page.getByRole("button", { name: "Show all items" }).click();
}

async function searching(page: Page, document: ReportDocument): Promise<void> {
  const item = document.items.popularity.indexOf(Math.max(...document.items.popularity));
  await search(page).fill(document.items.ids[item]);
  await page.keyboard.press("Enter");
  const found = await selected(page);
  assert.ok(found !== null);
  // An id may also be a part of a title: what was found is one of both.
  const wanted = document.items.ids[item].toLowerCase();
  assert.ok(document.items.ids[found].toLowerCase() === wanted || titleOf(document, found).toLowerCase().includes(wanted));
  const stage = await page.locator(".window").boundingBox();
  const place = await positionOf(page, found);
  assert.ok(stage && Math.abs(place.x - stage.x - stage.width / 2) < 2 && Math.abs(place.y - stage.y - stage.height / 2) < 2);
  await page.keyboard.press("Escape");
}

async function axesAndColors(page: Page, document: ReportDocument): Promise<void> {
  await page.getByRole("button", { name: "Show all items" }).click();
  const { count, explained } = document.items.components;
  const names = await page.locator("#x-component option").allTextContents();
  assert.deepEqual(names.slice(0, count), explained.map((share, j) => `PC${j + 1} (${(100 * share).toFixed(1)}\u00a0%)`));
  if (count > 2) {
    const before = await positionOf(page, 0);
    await page.getByLabel("Across").selectOption(String(count - 1));
    assert.notDeepEqual(await positionOf(page, 0), before);
    await page.getByLabel("Across").selectOption("0");
    assert.deepEqual(await positionOf(page, 0), before);
  }
  for (const [place, column] of document.items.columns.entries()) {
    await page.getByLabel("Color").selectOption(String(place));
    assert.ok((await page.locator(".legend figcaption").innerText()).startsWith(column.name));
    if (column.kind === "category") {
      const first = page.locator("button.category").first();
      await first.click();
      assert.equal(await first.getAttribute("aria-pressed"), "true");
      await first.click();
      assert.equal(await first.getAttribute("aria-pressed"), "false");
    }
  }
  await page.getByLabel("Color").selectOption("");
}

async function moving(page: Page): Promise<void> {
  const stage = page.locator("#map-picture");
  await stage.scrollIntoViewIfNeeded();
  const box = await stage.boundingBox();
  assert.ok(box);
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.wheel(0, -400);
  await page.waitForFunction(() => window.alsace.view.zoom > 1.5);
  const before = await view(page);
  await page.mouse.down();
  await page.mouse.move(x + 80, y + 30, { steps: 4 });
  await page.mouse.up();
  const after = await view(page);
  assert.notEqual(after.x, before.x);
  assert.equal(await selected(page), null, "a drag is no click");
  await page.keyboard.press("0");
  assert.equal((await view(page)).zoom, 1);
}

async function explanations(page: Page, document: ReportDocument): Promise<void> {
  const { users } = document;
  if (users.length === 0) {
    assert.ok(await page.locator("#no-users").isVisible());
    return;
  }
  const restOf = (u: (typeof users)[0]) => Math.abs(u.recommendations[0]?.rest ?? 0);
  const user = users.reduce((best, other) => (restOf(other) > restOf(best) ? other : best));
  await page.getByRole("combobox", { name: "User" }).fill(user.id);
  await page.keyboard.press("Enter");
  assert.equal(await page.locator("#history tbody tr").count(), user.history.length);
  const toggles = page.locator("#recommendations .toggle");
  assert.equal(await toggles.count(), user.recommendations.length);
  for (const [place, recommendation] of user.recommendations.entries()) {
    const toggle = toggles.nth(place);
    if ((await toggle.getAttribute("aria-expanded")) === "false") await toggle.click();
    const table = page.locator(`#${await toggle.getAttribute("aria-controls")} table`);
    assert.ok(await table.isVisible());
    const values = await table.locator("tbody td[data-value]").evaluateAll((cells) =>
      cells.map((cell) => Number((cell as HTMLElement).dataset.value)));
    const sum = values.reduce((total, value) => total + value, 0);
    assert.ok(Math.abs(sum - recommendation.score) < 1e-3 * Math.max(1, Math.abs(recommendation.score)), `${sum} is no ${recommendation.score}`);
    assert.ok((await toggle.innerText()).includes(titleOf(document, recommendation.item).split("\n")[0].trim()));
  }
  const frames = await page.evaluate(() => window.alsace.frames);
  await page.getByLabel(/Mark on the map/).check();
  await page.waitForFunction((n) => window.alsace.frames > n, frames);
}

async function numbers(page: Page, document: ReportDocument): Promise<void> {
  assert.equal(await page.locator("#rules tbody tr").count(), 4);
  assert.equal(await page.locator("#explained tbody tr").count(), document.component_facts.length);
  if (document.evaluation) {
    assert.equal(await page.locator("#evaluation-table tbody tr").count(), document.evaluation.models.length);
  } else {
    assert.ok(await page.locator("#no-evaluation").isVisible());
  }
  if (document.training.objective.length) {
    const points = page.locator("#objective circle");
    assert.equal(await points.count(), document.training.objective.length);
    await page.getByLabel("over seconds").check();
    assert.equal(await points.count(), document.training.objective.length);
    assert.ok((await page.locator("#objective .axis").textContent())?.startsWith("seconds"));
  }
  assert.equal(await page.locator("#spectrum rect").count(), document.spectrum.length);
  const commands = await page.locator("#facts code").allTextContents();
  assert.deepEqual(commands, [document.commands.train, document.commands.report]);
  const facts = await page.locator("#facts").innerText();
  assert.ok(facts.includes(document.facts.model_hash));
}

async function darkness(page: Page): Promise<void> {
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await page.getByRole("switch", { name: "Dark" }).click();
  assert.notEqual(await ground(), light);
  await page.reload();
  assert.notEqual(await ground(), light, "the choice is kept");
  await page.getByRole("switch", { name: "Dark" }).click();
  assert.equal(await ground(), light);
}
