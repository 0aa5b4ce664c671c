// The map's picture: the points, what lies over them, and how they move. Draws only on a change.

import { Camera } from "./camera.ts";
import { CanvasPoints } from "./canvas_points.ts";
import { pageColors, type PageColors } from "./colors.ts";
import { element } from "./dom.ts";
import { listen } from "./gestures.ts";
import { AxesLayer, frame, MarksLayer, type Axes, type Marked } from "./overlay.ts";
import { PointGrid, range } from "./picking.ts";
import { pointStyle, type PointRenderer } from "./renderer.ts";
import { WebglPoints } from "./webgl_points.ts";
import type { PointColors } from "./coloring.ts";

export interface ScatterEvents {
  hovered(item: number | null, clientX: number, clientY: number): void;
  clicked(item: number | null): void;
}

const reach = { mouse: 14, touch: 24 };  // pixels from a point at which it still counts as hit
const glide = 280;  // milliseconds

export class Scatter {
  readonly camera = new Camera();
  readonly renderer: PointRenderer;
  /** Pictures drawn so far. */
  frames = 0;
  hovered: number | null = null;
  private readonly root: HTMLElement;
  private readonly window: HTMLElement;
  private readonly ground: AxesLayer;
  private readonly overlay: MarksLayer;
  private readonly events: ScatterEvents;
  private x = new Float32Array();
  private y = new Float32Array();
  private grid = new PointGrid(this.x, this.y);
  private axes: Axes = { x: "", y: "" };
  private marked: Omit<Marked, "hovered"> = { selected: null, neighbors: [], history: [], recommendations: [] };
  private colors: PageColors = pageColors();
  private pending = 0;
  /** Whether the points must be drawn anew, and not only what lies over them. */
  private stale = true;
  private gliding = 0;

  /** Fills `root`, which has a size of its own and takes the focus. */
  constructor(root: HTMLElement, events: ScatterEvents) {
    this.root = root;
    this.events = events;
    const plain = () => element("canvas", { "aria-hidden": "true" });
    let points = plain();
    const [under, over] = [plain(), plain()];
    this.window = element("div", { class: "window" }, points);
    root.append(under, this.window, over);
    this.ground = new AxesLayer(under);
    this.overlay = new MarksLayer(over);
    const webgl = WebglPoints.make(points, () => this.redraw());
    if (!webgl) {
      // A canvas that was asked for WebGL gives no plain context any more in every browser.
      const fresh = plain();
      points.replaceWith(fresh);
      points = fresh;
    }
    this.renderer = webgl ?? new CanvasPoints(points);
    this.listen();
    new ResizeObserver(() => this.resize()).observe(root);
    this.watchRatio();
    this.resize();
  }

  setPositions(x: Float32Array, y: Float32Array, axes: Axes): void {
    this.x = x as Float32Array<ArrayBuffer>;
    this.y = y as Float32Array<ArrayBuffer>;
    this.axes = axes;
    this.grid = new PointGrid(x, y);
    this.renderer.setPositions(x, y);
    this.overlay.setPositions(x, y);
    const [left, right] = range(x);
    const [bottom, top] = range(y);
    this.camera.show({ left, right, bottom, top });
    this.stopGliding();
    this.redraw();
  }

  setColors(colors: PointColors, page: PageColors): void {
    this.colors = page;
    this.renderer.setColors(colors.rgba, colors.order);
    this.redraw();
  }

  setMarks(marked: Omit<Marked, "hovered">): void {
    this.marked = marked;
    this.redrawMarks();
  }

  /** Where an item is on the screen, in client coordinates. */
  positionOf(item: number): { x: number; y: number } {
    const box = this.window.getBoundingClientRect();
    const [px, py] = this.camera.toScreen(this.x[item], this.y[item]);
    return { x: box.left + px, y: box.top + py };
  }

  zoomBy(factor: number): void {
    this.stopGliding();
    this.camera.zoomAt(this.camera.width / 2, this.camera.height / 2, factor);
    this.redraw();
  }

  fit(): void {
    this.stopGliding();
    this.camera.fit();
    this.redraw();
  }

  /** Brings an item into the middle, near enough to see it among the others. */
  centerOn(item: number): void {
    const { camera } = this;
    const scale = Math.max(camera.scale, camera.fitScale * 3);
    this.glideTo(this.x[item], this.y[item], scale);
  }

  private glideTo(x: number, y: number, scale: number): void {
    const { camera } = this;
    this.stopGliding();
    const from = { x: camera.x, y: camera.y, scale: camera.scale };
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      camera.moveTo(x, y, scale);
      this.redraw();
      return;
    }
    const start = performance.now();
    const step = (now: number) => {
      const t = Math.min(Math.max((now - start) / glide, 0), 1);
      const part = t * t * (3 - 2 * t);
      camera.moveTo(
        from.x + (x - from.x) * part, from.y + (y - from.y) * part,
        from.scale * (scale / from.scale) ** part,
      );
      this.draw();
      this.gliding = t < 1 ? requestAnimationFrame(step) : 0;
    };
    this.gliding = requestAnimationFrame(step);
  }

  private stopGliding(): void {
    cancelAnimationFrame(this.gliding);
    this.gliding = 0;
  }

  /** With the next frame. */
  redraw(): void {
    this.stale = true;
    this.redrawMarks();
  }

  private redrawMarks(): void {
    this.pending ||= requestAnimationFrame(() => this.paint());
  }

  /** At once: for a page that is about to be printed. */
  draw(): void {
    this.stale = true;
    this.paint();
  }

  private paint(): void {
    cancelAnimationFrame(this.pending);
    this.pending = 0;
    this.frames++;
    const style = pointStyle(this.x.length, this.camera);
    if (this.stale) {
      this.renderer.draw(this.camera, style);
      this.ground.draw(this.camera, this.axes, this.colors);
      this.stale = false;
    }
    const marked = { ...this.marked, hovered: this.hovered };
    this.overlay.draw(this.camera, marked, style.size, this.colors);
  }

  private resize(): void {
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [this.root.clientWidth, this.root.clientHeight];
    const inner = [width - frame.left - frame.right, height - frame.top - frame.bottom] as const;
    if (inner[0] <= 0 || inner[1] <= 0) return;
    Object.assign(this.window.style, {
      left: `${frame.left}px`, top: `${frame.top}px`, width: `${inner[0]}px`, height: `${inner[1]}px`,
    });
    this.camera.resize(...inner);
    this.renderer.resize(...inner, ratio);
    this.ground.resize(width, height, ratio);
    this.overlay.resize(width, height, ratio);
    this.draw();
  }

  /** A window that is moved to another screen, or zoomed, has other pixels. */
  private watchRatio(): void {
    matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`).addEventListener(
      "change",
      () => {
        this.resize();
        this.watchRatio();
      },
      { once: true },
    );
  }

  private listen(): void {
    const nearest = (px: number, py: number, pixels: number) => {
      const { width, height, scale } = this.camera;
      if (px < 0 || py < 0 || px > width || py > height) return null;
      return this.grid.nearest(...this.camera.toPlane(px, py), pixels / scale);
    };
    const hover = (item: number | null) => {
      if (item === this.hovered) return;
      this.hovered = item;
      const place = item === null ? { x: 0, y: 0 } : this.positionOf(item);
      this.events.hovered(item, place.x, place.y);
      this.redrawMarks();
    };
    listen(this.root, this.window, {
      zoom: (px, py, factor) => {
        this.stopGliding();
        hover(null);
        this.camera.zoomAt(px, py, factor);
        this.redraw();
      },
      pan: (dx, dy) => {
        this.stopGliding();
        hover(null);
        this.camera.pan(dx, dy);
        this.redraw();
      },
      fit: () => this.fit(),
      hover: (px, py) => hover(nearest(px, py, reach.mouse)),
      leave: () => hover(null),
      click: (px, py, touch) => this.events.clicked(nearest(px, py, touch ? reach.touch : reach.mouse)),
      pickMiddle: () => {
        const { width, height } = this.camera;
        this.events.clicked(nearest(width / 2, height / 2, Math.hypot(width, height) / 2));
      },
    });
  }
}
