// The parts of the page that need no browser, each against a plain second way or a case by hand.

import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeFloats, decodeHalves, halfValue } from "../src/binary.ts";
import { Camera } from "../src/camera.ts";
import { colorPoints, legendOf, rampShare } from "../src/coloring.ts";
import { viridis, type PageColors } from "../src/colors.ts";
import { popularityLine } from "../src/components.ts";
import { readReport, Report } from "../src/data.ts";
import { compact, fixed, percent, short } from "../src/format.ts";
import { nearestItems } from "../src/neighbors.ts";
import { PointGrid, range } from "../src/picking.ts";
import { pointStyle } from "../src/renderer.ts";
import { rulesOf } from "../src/rules.ts";
import { logTicks, ticks } from "../src/scale.ts";
import { Search } from "../src/search.ts";
import { partsOf } from "../src/why.ts";
import { halfBits, makeDocument, random } from "./fixture.ts";
import { componentOf, cosines, factorsOf } from "./truth.ts";

const page: PageColors = {
  theme: "light", ink: "", muted: "", line: "", surface: "", accent: "", history: "", recommended: "", none: [180, 184, 189],
};

test("halves: known values, and every finite one comes back", () => {
  for (const [bits, value] of [[0x3c00, 1], [0xc000, -2], [0x7bff, 65504], [0x0001, 2 ** -24], [0x3555, 0.333251953125], [0, 0]]) {
    assert.equal(halfValue(bits), value);
  }
  assert.equal(halfValue(0x7c00), Infinity);
  assert.ok(Number.isNaN(halfValue(0x7e00)));
  for (let bits = 0x0400; bits < 0x7c00; bits++) assert.equal(halfBits(halfValue(bits)), bits);
});

test("base64 of the wrong length is refused by its name", () => {
  assert.deepEqual([...decodeFloats("AACAPwAAAMA=", 2, "mean")], [1, -2]);
  assert.throws(() => decodeFloats("AACAPw==", 2, "mean"), /mean has 4 bytes and must have 8/);
  assert.throws(() => decodeHalves("AAA=", 2, "items.factors"), /items.factors has 2 bytes and must have 4/);
});

test("what is no report says so", () => {
  assert.throws(() => readReport("ALSACE_DATA"), /holds no report/);
  assert.throws(() => readReport('{"format": 2}'), /format 1, and this one has 2/);
});

test("components are basis times centered factors", () => {
  const document = makeDocument({ items: 90, factors: 6 });
  const report = new Report(document);
  const factors = factorsOf(document);
  for (const j of [0, 1, 5]) {
    for (let i = 0; i < 90; i++) {
      assert.ok(Math.abs(report.component(j)[i] - componentOf(document, factors, j, i)) < 1e-5);
    }
  }
  assert.deepEqual([...report.component(6)], Array(90).fill(0));
});

test("neighbors are the largest cosines of a plain sort", () => {
  const document = makeDocument({ items: 300, factors: 5 });
  const report = new Report(document);
  const factors = factorsOf(document);
  for (const item of [0, 17, 299]) {
    const expected = cosines(factors, item).slice(0, 10);
    const found = nearestItems(report, item);
    assert.deepEqual(found.map((n) => n.item), expected.map((n) => n.item));
    found.forEach((n, i) => assert.ok(Math.abs(n.score - expected[i].score) < 1e-6));
  }
});

test("neighbors: equal cosines by row, none without a direction, fewer than ten of few", () => {
  const document = makeDocument({ items: 5, factors: 2 });
  const rows = [[1, 0], [0, 0], [2, 0], [0, 1], [4, 0]];
  document.items.factors.half = Buffer.from(Uint16Array.from(rows.flat(), halfBits).buffer).toString("base64");
  const report = new Report(document);
  assert.deepEqual(nearestItems(report, 0), [{ item: 2, score: 1 }, { item: 4, score: 1 }, { item: 3, score: 0 }]);
  assert.deepEqual(nearestItems(report, 1), []);
});

test("the grid finds what a look at every point finds", () => {
  const next = random(3);
  for (const count of [1, 2, 50, 3000]) {
    const x = Float32Array.from({ length: count }, () => next() * 3 - 1);
    const y = Float32Array.from({ length: count }, () => (next() < 0.1 ? 7 : next()));
    const grid = new PointGrid(x, y);
    for (let trial = 0; trial < 200; trial++) {
      const [px, py, radius] = [next() * 5 - 2, next() * 9 - 1, next() * 0.5];
      let best: number | null = null;
      let least = radius * radius;
      for (let i = 0; i < count; i++) {
        const square = (x[i] - px) ** 2 + (y[i] - py) ** 2;
        if (square < least) [best, least] = [i, square];
      }
      assert.equal(grid.nearest(px, py, radius), best);
    }
  }
  assert.equal(new PointGrid(Float32Array.of(2, 2), Float32Array.of(1, 1)).nearest(2, 1, 0.5), 0);
  assert.equal(new PointGrid(new Float32Array(), new Float32Array()).nearest(0, 0, 9), null);
  assert.deepEqual(range([]), [0, 0]);
});

test("the camera: there and back, a zoom keeps its point, a fit shows all", () => {
  const camera = new Camera();
  camera.resize(800, 500);
  camera.show({ left: -2, right: 6, bottom: 0, top: 3 });
  assert.equal(camera.zoom, 1);
  for (const [x, y] of [[-2, 0], [6, 3]]) {
    const [px, py] = camera.toScreen(x, y);
    assert.ok(px >= 0 && px <= 800 && py >= 0 && py <= 500);
  }
  const before = camera.toPlane(300, 200);
  camera.zoomAt(300, 200, 3);
  const after = camera.toPlane(300, 200);
  assert.ok(Math.abs(before[0] - after[0]) < 1e-9 && Math.abs(before[1] - after[1]) < 1e-9);
  assert.ok(Math.abs(camera.zoom - 3) < 1e-9);
  camera.pan(40, 0);
  assert.ok(Math.abs(camera.toScreen(...before)[0] - 340) < 1e-6);
  for (let i = 0; i < 99; i++) camera.zoomAt(0, 0, 10);
  assert.ok(camera.zoom <= 5000.001);
  camera.fit();
  camera.resize(400, 250);
  assert.ok(Math.abs(camera.zoom - 1) < 1e-9);
  camera.show({ left: 1, right: 1, bottom: 2, top: 2 });
  assert.deepEqual(camera.toScreen(1, 2), [200, 125]);
});

test("points get smaller and fainter with their number, larger with zoom", () => {
  const camera = new Camera();
  camera.resize(800, 500);
  camera.show({ left: 0, right: 8, bottom: 0, top: 5 });
  const [few, many] = [pointStyle(500, camera), pointStyle(100000, camera)];
  assert.ok(few.size > many.size && few.opacity > many.opacity && many.size >= 2);
  camera.zoomAt(400, 250, 20);
  assert.ok(pointStyle(100000, camera).size > many.size && pointStyle(100000, camera).opacity > many.opacity);
  assert.ok(pointStyle(1, camera).size <= 15);
});

test("ticks are round and lie in their range", () => {
  assert.deepEqual(ticks(0, 10, 5), [0, 2, 4, 6, 8, 10]);
  assert.deepEqual(ticks(-0.33, 0.31, 7), [-0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3]);
  assert.deepEqual(ticks(4, 4, 5), [4]);
  assert.deepEqual(logTicks(1, 3428), [1, 10, 100, 1000]);
  assert.deepEqual(logTicks(3, 60), [5, 10, 20, 50]);
});

test("numbers are written alike", () => {
  assert.deepEqual([146233.33, 0.1316, -12.5, 0, 1e-7, 12].map(short), ["146,233", "0.1316", "\u221212.5", "0", "1.00e-7", "12"]);
  assert.equal(fixed(-0.25, 2), "\u22120.25");
  assert.equal(fixed(-0.001, 2), "0.00");
  assert.deepEqual([8e6, 146233, -0.05, 250].map(compact), ["8M", "146.2K", "\u22120.05", "250"]);
  assert.equal(percent(0.1234), "12.3\u00a0%");
});

test("colors: popularity by its logarithm, gray without a value, the highlighted in front", () => {
  const document = makeDocument({ items: 200 });
  const report = new Report(document);
  const legend = legendOf(report, null);
  assert.ok(legend.kind === "ramp" && legend.logarithmic);
  assert.ok(Math.abs(rampShare({ ...legend, low: 1, high: 100 }, 10) - 0.5) < 1e-12);
  const popular = colorPoints(report, null, null, page);
  const most = document.items.popularity.indexOf(Math.max(...document.items.popularity));
  assert.deepEqual([...popular.rgba.subarray(4 * most, 4 * most + 3)], [...viridis(1, "light")]);
  assert.equal(popular.order[199], most);
  assert.deepEqual([...popular.order].sort((a, b) => a - b), Array.from({ length: 200 }, (_, i) => i));

  const year = colorPoints(report, 0, null, page);  // Item 5 has no year.
  assert.deepEqual([...year.rgba.subarray(20, 23)], [...page.none]);
  const column = document.items.columns[1];
  assert.ok(column.kind === "category");
  const lit = colorPoints(report, 1, 3, page);
  for (let i = 0; i < 200; i++) assert.equal(lit.rgba[4 * i + 3] === 255, column.values[i].includes(3));
  const last = column.values.filter((labels) => labels.includes(3)).length;
  assert.ok([...lit.order.subarray(200 - last)].every((i) => column.values[i].includes(3)));
});

test("search: exact, then beginnings, then words, accents apart, the heavier first", () => {
  const names = ["Waltz", "The Waltz", "Swaltz", "waltzing", "Am\u00e9lie", "Waltz again"];
  const search = new Search({
    count: names.length, names: (i) => [names[i], `id${i}`], weight: (i) => i,
    suggestion: (i) => ({ value: i, text: names[i], note: "" }),
  });
  assert.deepEqual(search.find("WALTZ").map((s) => s.value), [0, 5, 3, 1, 2]);
  assert.deepEqual(search.find("amelie").map((s) => s.value), [4]);
  assert.deepEqual(search.find(" id2 ").map((s) => s.value), [2]);
  assert.deepEqual(search.find("").map((s) => s.value), [5, 4, 3, 2, 1, 0]);
  assert.deepEqual(search.find("nothing"), []);
});

test("the parts of a score add up to it", () => {
  for (const explicit of [false, true]) {
    for (const { recommendations } of makeDocument({ explicit }).users) {
      for (const recommendation of recommendations) {
        const sum = partsOf(recommendation).reduce((total, part) => total + part.value, 0);
        assert.ok(Math.abs(sum - recommendation.score) < 1e-9);
      }
    }
  }
});

test("the line through popularity is that of least squares", () => {
  assert.deepEqual(popularityLine([0, 1, 2], [1, 3, 5]), { slope: 2, offset: 1 });
  assert.deepEqual(popularityLine([1, 1], [2, 4]), { slope: 0, offset: 3 });
});

test("the rules tell what holds, and when nothing can be told", () => {
  const verdicts = (document: ReturnType<typeof makeDocument>) => rulesOf(document).map((rule) => rule.verdict);
  const document = makeDocument();
  document.items.components.explained = [0.12, 0.08];
  assert.deepEqual(verdicts(document), ["holds", "holds", "holds", "holds"]);
  document.component_facts[0].popularity_correlation = -0.5;
  document.component_facts[1].columns = [{ name: "genres", r2: 0.2 }];
  document.items.components.explained = [0.05, 0.02];
  document.personalization = { k: 10, users: 9, mean: 0.3, histogram: [0.1] };
  assert.deepEqual(verdicts(document), ["holds partly", "holds partly", "does not hold", "does not hold"]);
  document.items.components.explained = [0.5, 0.2];
  assert.match(rulesOf(document)[2].words, /more/);
  document.component_facts = [];
  document.items.components.explained = [];
  document.personalization = null;
  assert.deepEqual(verdicts(document), Array(4).fill("cannot be told"));
});
