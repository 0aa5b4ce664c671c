// The built page in Chromium, opened from a file as a reader opens it, on made-up reports.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test, type TestContext } from "node:test";
import type { Browser, Page } from "playwright-core";
import type { ReportDocument } from "../src/document.ts";
import { problemsOf } from "./accessible.ts";
import { browserPath, launch, open } from "./browser.ts";
import { makeDocument, writePage } from "./fixture.ts";
import { checkNeighbors, lonelyItem, positionOf, search, selected, view, walk } from "./walk.ts";

const skip = browserPath ? false : "NO BROWSER: install chromium, or name one by ALSACE_CHROMIUM";
const folder = mkdtempSync(join(tmpdir(), "alsace-page-"));
let browser: Browser;

before(async () => {
  if (!skip) browser = await launch();
});
after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

let pages = 0;
const pageWith = (report: ReportDocument) => writePage(join(folder, `${++pages}.html`), report);
const still = { reducedMotion: "reduce" } as const;

for (const [name, options] of Object.entries({
  "implicit feedback, titles, columns, evaluation": {},
  "explicit feedback with biases": { explicit: true, items: 120 },
  "no titles, no columns, no users, no evaluation": { titled: false, columns: false, users: 0, evaluated: false },
  "two items": { items: 2, users: 1 },
  "one factor": { items: 30, factors: 1 },
})) {
  test(`a walk: ${name}`, { skip }, () => walk(browser, pageWith(makeDocument(options))));
}

test("a walk with WebGL2", { skip }, () => walk(browser, pageWith(makeDocument()), { webgl: "fast" }));

test("one item has no components and no neighbors, and still a page", { skip }, async () => {
  const { page, complaints } = await open(browser, pageWith(makeDocument({ items: 1, users: 1 })));
  assert.match(await page.locator("#map .introduction").innerText(), /One item alone/);
  await search(page).fill("film1");
  await page.keyboard.press("Enter");
  assert.equal(await selected(page), 0);
  assert.match(await page.locator(".details").innerText(), /No neighbors/);
  assert.deepEqual(await page.locator(".verdict").allInnerTexts(), ["cannot be told", "cannot be told", "cannot be told", "holds"]);
  assert.deepEqual(complaints, []);
  await page.context().close();
});

test("hostile texts stay texts", { skip }, async () => {
  const bad = `</script><b id="evil">&amp;<img src=x onerror="window.evil=1">`;
  const report = makeDocument({ items: 40 });
  report.title = bad;
  report.items.ids[3] = bad;
  report.items.titles![3] = bad;
  report.users[0].id = bad;
  report.items.columns.forEach((column) => (column.name = bad));
  report.commands.train = bad;
  report.training.warnings = [bad];
  report.notes = [bad];
  report.evaluation!.models[0].name = bad;
  const { page, complaints, requests } = await open(browser, pageWith(report));
  await search(page).fill(bad);
  await page.keyboard.press("Enter");
  assert.equal(await selected(page), 3);
  assert.equal(await page.locator("#selected-title").textContent(), bad);
  await page.getByLabel("Color").selectOption("1");
  await page.mouse.move(0, 0);
  const place = await positionOf(page, 3);
  await page.mouse.move(place.x, place.y);
  assert.equal(await page.locator("#evil, main img").count(), 0);
  assert.equal(await page.evaluate(() => "evil" in window), false);
  assert.deepEqual([complaints, requests], [[], []]);
  await page.context().close();
});

test("a click takes the nearest point after zoom, pan and resize too", { skip }, async () => {
  const report = makeDocument({ items: 600 });
  const { page } = await open(browser, pageWith(report), still);
  const item = await lonelyItem(page, report);
  let place = await positionOf(page, item);
  await page.mouse.move(place.x, place.y);
  await page.mouse.wheel(0, -300);
  await page.waitForFunction(() => window.alsace.view.zoom > 1.2);
  const kept = await positionOf(page, item);
  assert.ok(Math.hypot(kept.x - place.x, kept.y - place.y) < 1, "the zoom keeps what is under the pointer");
  await page.setViewportSize({ width: 1000, height: 760 });
  await page.waitForTimeout(100);
  await page.getByRole("button", { name: "Show all items" }).click();
  place = await positionOf(page, item);
  await page.mouse.click(place.x, place.y);
  assert.equal(await selected(page), item);
  await checkNeighbors(page, report, item);
  const empty = await page.locator(".window").boundingBox();
  await page.mouse.click(empty!.x + 3, empty!.y + empty!.height - 3);
  assert.equal(await selected(page), null, "a click into the void clears");
  await page.context().close();
});

/** Red, green, blue and opacity that are drawn at a place of the screen. */
const pixel = (page: Page, place: { x: number; y: number }) =>
  page.evaluate(({ x, y }) => {
    const canvas = document.querySelector<HTMLCanvasElement>(".window canvas")!;
    const box = canvas.getBoundingClientRect();
    const ratio = canvas.width / box.width;
    const [px, py] = [Math.floor((x - box.left) * ratio), Math.floor((y - box.top) * ratio)];
    if (window.alsace.renderer === "canvas") return [...canvas.getContext("2d")!.getImageData(px, py, 1, 1).data];
    const gl = canvas.getContext("webgl2")!;
    const data = new Uint8Array(4);
    gl.readPixels(px, canvas.height - 1 - py, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, data);
    return [...data];
  }, place);

const nextFrame = (page: Page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

for (const [webgl, renderer] of [["fast", "webgl2"], ["slow", "canvas"], ["none", "canvas"]] as const) {
  test(`points are drawn where they are said to be, in their color: WebGL2 is ${webgl}`, { skip }, async () => {
    const report = makeDocument({ items: 60 });
    for (const deviceScaleFactor of [1, 2.5]) {
      const { page } = await open(browser, pageWith(report), { deviceScaleFactor, webgl });
      assert.equal(await page.evaluate(() => window.alsace.renderer), renderer);
      assert.equal(await page.locator("#without-webgl").count(), renderer === "canvas" ? 1 : 0);
      const item = await lonelyItem(page, report);
      const place = await positionOf(page, item);
      const drawn = await pixel(page, place);
      assert.ok(drawn[3] > 150, `opacity ${drawn[3]}`);
      const away = { x: place.x + 9, y: place.y };
      assert.equal((await pixel(page, away))[3], 0, "beside the point there is nothing");
      await page.getByLabel("Color").selectOption("1");
      await nextFrame(page);
      const other = await pixel(page, place);
      assert.ok(other[3] > 50);
      assert.notDeepEqual(other, drawn);
      await page.context().close();
    }
  });
}

test("both renderers draw the same", { skip }, async () => {
  const report = makeDocument({ items: 500 });
  const pictures: number[][] = [];
  for (const webgl of ["fast", "slow"] as const) {
    const { page } = await open(browser, pageWith(report), { webgl });
    const places = await page.evaluate(() => Array.from({ length: 500 }, (_, i) => window.alsace.positionOf(i)));
    for (const place of places.slice(0, 40)) pictures.push(await pixel(page, place));
    await page.context().close();
  }
  for (let i = 0; i < 40; i++) {
    // WebGL's colors are multiplied by their opacity.
    const [premultiplied, plain] = [pictures[i], pictures[i + 40]];
    const difference = premultiplied.map((v, c) => Math.abs(v - (c < 3 ? (plain[c] * plain[3]) / 255 : plain[3])));
    assert.ok(Math.max(...difference) <= 12, `${premultiplied} and ${plain}`);
  }
});

test("a lost context comes back with its points", { skip }, async () => {
  const report = makeDocument({ items: 60 });
  const { page } = await open(browser, pageWith(report), { webgl: "fast" });
  const item = await lonelyItem(page, report);
  const place = await positionOf(page, item);
  const before = await pixel(page, place);
  await page.evaluate(async () => {
    const canvas = document.querySelector<HTMLCanvasElement>(".window canvas")!;
    const loss = canvas.getContext("webgl2")!.getExtension("WEBGL_lose_context")!;
    const lost = new Promise((done) => canvas.addEventListener("webglcontextlost", done, { once: true }));
    loss.loseContext();
    await lost;
    await new Promise((done) => setTimeout(done, 20));
    const back = new Promise((done) => canvas.addEventListener("webglcontextrestored", done, { once: true }));
    loss.restoreContext();
    await back;
  });
  await nextFrame(page);
  assert.deepEqual(await pixel(page, place), before);
  await page.context().close();
});

test("a found item glides into the middle", { skip }, async () => {
  const { page } = await open(browser, pageWith(makeDocument()), { reducedMotion: "no-preference" });
  await search(page).fill("film5");
  await page.keyboard.press("Enter");
  const box = (await page.locator(".window").boundingBox())!;
  await page.waitForFunction(([x, y]) => {
    const place = window.alsace.positionOf(4);
    return Math.hypot(place.x - x, place.y - y) < 1;
  }, [box.x + box.width / 2, box.y + box.height / 2]);
  assert.ok((await view(page)).zoom >= 2.99);
  await page.context().close();
});

test("a command is copied, or selected where there is no clipboard", { skip }, async () => {
  const report = makeDocument();
  for (const clipboard of [true, false]) {
    const { page } = await open(browser, pageWith(report), still);
    await page.evaluate((there) => Object.defineProperty(navigator, "clipboard", {
      value: there ? { writeText: (text: string) => Promise.resolve(document.body.setAttribute("data-copied", text)) } : undefined,
    }), clipboard);
    const copy = page.getByRole("button", { name: "Copy the training command" });
    await copy.click();
    assert.equal(await copy.textContent(), clipboard ? "Copied" : "Press Ctrl+C");
    assert.equal(
      clipboard ? await page.locator("body").getAttribute("data-copied") : await page.evaluate(() => String(getSelection())),
      report.commands.train,
    );
    await page.context().close();
  }
});

test("by keys alone", { skip }, async () => {
  const report = makeDocument();
  const { page } = await open(browser, pageWith(report), still);
  const focused = () => page.evaluate(() => document.activeElement?.id || document.activeElement?.textContent || "");
  const tabTo = async (wanted: string | RegExp) => {
    for (let i = 0; i < 80; i++) {
      if ((await focused()).match(wanted)) return;
      await page.keyboard.press("Tab");
    }
    assert.fail(`Tab never comes to ${wanted}`);
  };
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "To the map");
  await tabTo(/^theme$/);
  await page.keyboard.press("Space");
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
  await tabTo(/^x-component$/);
  await page.keyboard.press("ArrowDown");
  assert.equal(await page.locator("#x-component").inputValue(), "1");
  await tabTo(/^map-picture$/);
  const before = await view(page);
  for (const key of ["+", "ArrowRight", "ArrowUp"]) await page.keyboard.press(key);
  const after = await view(page);
  assert.ok(after.zoom > before.zoom && after.x > before.x && after.y > before.y);
  await page.keyboard.press("-");
  assert.ok((await view(page)).zoom < after.zoom);
  await page.keyboard.press("0");
  assert.deepEqual(await view(page), before);
  await page.keyboard.press("Enter");
  assert.notEqual(await selected(page), null);
  await page.keyboard.press("Escape");
  assert.equal(await selected(page), null);
  await tabTo(/^item-search/);
  await page.keyboard.type("waltz");
  assert.equal(await search(page).getAttribute("aria-expanded"), "true");
  const second = page.locator("#map [role=option]").nth(1);
  const title = await second.locator("span").innerText();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  assert.equal(await second.getAttribute("aria-selected"), "true");
  assert.equal(await search(page).getAttribute("aria-activedescendant"), await second.getAttribute("id"));
  await page.keyboard.press("Enter");
  assert.equal(await page.locator("#selected-title").innerText(), title);
  await page.keyboard.press("ArrowDown");
  assert.equal(await search(page).getAttribute("aria-expanded"), "true");
  await page.keyboard.press("Escape");  // Closes the suggestions first.
  assert.equal(await search(page).getAttribute("aria-expanded"), "false");
  assert.notEqual(await selected(page), null, "and leaves the selection");
  await tabTo(/^2/);  // The second recommendation: the first is open.
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("aria-expanded")), "true");
  await page.context().close();
});

test("names, references, headings, tables and contrast, in light and in dark", { skip }, async () => {
  for (const colorScheme of ["light", "dark"] as const) {
    for (const options of [{}, { explicit: true, evaluated: false, users: 0, columns: false }]) {
      const report = makeDocument(options);
      report.training.warnings = ["The mean of alpha r exceeds 100."];
      const { page } = await open(browser, pageWith(report), { colorScheme, ...still });
      assert.deepEqual(await problemsOf(page), []);
      await search(page).fill("film3");
      assert.deepEqual(await problemsOf(page), []);
      await page.keyboard.press("Enter");
      if (report.items.columns.length) await page.getByLabel("Color").selectOption("1");
      for (const summary of await page.locator("summary").all()) await summary.click();
      assert.deepEqual(await problemsOf(page), []);
      await page.context().close();
    }
  }
});

test("on a phone nothing sticks out, and fingers work", { skip }, async () => {
  const report = makeDocument({ items: 200 });
  const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2, ...still };
  const { page, complaints } = await open(browser, pageWith(report), phone);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
  await page.locator("#map-picture").scrollIntoViewIfNeeded();
  const item = await lonelyItem(page, report);
  const place = await positionOf(page, item);
  await page.touchscreen.tap(place.x, place.y);
  assert.equal(await selected(page), item);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
  const client = await page.context().newCDPSession(page);
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", apart: number) =>
    client.send("Input.dispatchTouchEvent", {
      type, touchPoints: type === "touchEnd" ? [] : [{ x: 180 - apart, y: place.y, id: 0 }, { x: 180 + apart, y: place.y, id: 1 }],
    });
  const zoom = (await view(page)).zoom;
  await touch("touchStart", 20);
  for (let apart = 30; apart <= 80; apart += 10) await touch("touchMove", apart);
  await touch("touchEnd", 0);
  assert.ok((await view(page)).zoom > 2 * zoom);
  assert.equal(await selected(page), item, "a pinch is no tap");
  assert.deepEqual(complaints, []);
  await page.context().close();
});

test("in print the page is light, and returns to what it was", { skip }, async () => {
  const { page } = await open(browser, pageWith(makeDocument({ items: 50 })), { colorScheme: "dark" });
  const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  assert.equal(await theme(), "light");
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  assert.equal(await theme(), "dark");
  assert.ok((await page.pdf()).length > 20000);
  await page.context().close();
});

test("the policy lets nothing in: no request, no other script", { skip }, async () => {
  const { page } = await open(browser, pageWith(makeDocument({ items: 30 })));
  const tried = await page.evaluate(async () => {
    const fetched = await fetch("https://example.org/").then(() => "let in", () => "kept out");
    const script = document.createElement("script");
    script.textContent = "window.intruder = 1";
    document.body.append(script);
    return [fetched, "intruder" in window];
  });
  assert.deepEqual(tried, ["kept out", false]);
  await page.context().close();
});

test("an empty page, and one of another format, say what to do", { skip }, async () => {
  const other = makeDocument({ items: 10 });
  other.format = 2;
  const { page } = await open(browser, pageWith(other));
  assert.match(await page.getByRole("alert").innerText(), /reads reports of format 1/);
  await page.goto(`file://${join(import.meta.dirname, "../dist/report.html")}`);
  assert.match(await page.getByRole("alert").innerText(), /alsace report MODEL/);
  await page.context().close();
});

/** Milliseconds between pictures while the map is moved 40 times, rising. */
async function frameTimes(page: Page, act: string): Promise<number[]> {
  return page.evaluate(async (kind) => {
    const stage = document.querySelector<HTMLElement>("#map-picture")!;
    const box = stage.getBoundingClientRect();
    const at = { clientX: box.left + box.width / 2, clientY: box.top + box.height / 2, bubbles: true, cancelable: true };
    const pointer = (type: string, x: number) =>
      stage.dispatchEvent(new PointerEvent(type, { ...at, clientX: at.clientX + x, pointerId: 1, button: 0, pointerType: "mouse" }));
    stage.setPointerCapture = () => {};  // The events are made by hand: there is no pointer to capture.
    if (kind === "pan") pointer("pointerdown", 0);
    const times: number[] = [];
    let last = await new Promise<number>(requestAnimationFrame);
    for (let i = 0; i < 40; i++) {
      if (kind === "zoom") stage.dispatchEvent(new WheelEvent("wheel", { ...at, deltaY: i < 20 ? -60 : 60 }));
      else pointer("pointermove", kind === "pan" ? i * 3 : i * 5 - 100);
      const now = await new Promise<number>(requestAnimationFrame);
      times.push(now - last);
      last = now;
    }
    if (kind === "pan") pointer("pointerup", 120);
    return times.sort((a, b) => a - b);
  }, act);
}

test("100,000 items: found, drawn on a change only, and how long a frame takes", { skip }, async (t: TestContext) => {
  const report = makeDocument({ items: 100000, factors: 64, users: 3 });
  const start = performance.now();
  const { page, complaints } = await open(browser, pageWith(report), still);
  await page.waitForFunction(() => window.alsace.items === 100000);
  t.diagnostic(`opened in ${Math.round(performance.now() - start)} ms`);
  for (const act of ["zoom", "pan", "hover"]) {
    const frames = await page.evaluate(() => window.alsace.frames);
    const times = await frameTimes(page, act);
    t.diagnostic(`${act}: median ${times[20].toFixed(1)} ms, 95 % ${times[38].toFixed(1)} ms per frame`);
    const drawn = (await page.evaluate(() => window.alsace.frames)) - frames;
    assert.ok(drawn <= 42, `${drawn} pictures for 40 events`);
    if (act !== "hover") assert.ok(drawn >= 20, `${drawn} pictures for 40 events`);
  }
  await page.waitForTimeout(200);
  const idle = await page.evaluate(() => window.alsace.frames);
  await page.waitForTimeout(400);
  assert.equal(await page.evaluate(() => window.alsace.frames), idle, "an idle page draws nothing");
  await search(page).fill("film77777");
  const taken = await page.evaluate(() => {
    const start = performance.now();
    document.activeElement!.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
    return performance.now() - start;
  });
  t.diagnostic(`an item chosen, with its neighbors, in ${Math.round(taken)} ms`);
  assert.equal(await selected(page), 77776);
  await checkNeighbors(page, report, 77776);
  assert.deepEqual(complaints, []);
  await page.context().close();
});
