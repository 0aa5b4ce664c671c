// Everything of the map that is no point: the axes below the points, and above them the lines to the
// neighbors, rings and marks.

import type { Camera } from "./camera.ts";
import type { PageColors } from "./colors.ts";
import { short } from "./format.ts";
import { ticks } from "./scale.ts";

/** Room for the axes around the window of the camera, in CSS pixels. */
export const frame = { left: 58, right: 8, top: 8, bottom: 46 };

export interface Axes {
  x: string;
  y: string;
}

export interface Marked {
  selected: number | null;
  hovered: number | null;
  neighbors: number[];
  history: number[];
  recommendations: number[];
}

/** A canvas over the whole picture; (0, 0) is the upper left corner of the camera's window. */
class Layer {
  protected readonly canvas: HTMLCanvasElement;
  protected readonly context: CanvasRenderingContext2D;
  private ratio = 1;

  constructor(canvas: HTMLCanvasElement) {
    const context = canvas.getContext("2d");
    if (!context) throw new Error("This browser draws on no canvas.");
    this.canvas = canvas;
    this.context = context;
  }

  resize(width: number, height: number, ratio: number): void {
    this.ratio = ratio;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
  }

  protected clear(): void {
    const { context } = this;
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    context.translate(frame.left, frame.top);
  }
}

export class AxesLayer extends Layer {
  draw(camera: Camera, axes: Axes, colors: PageColors): void {
    const { context } = this;
    const { width, height } = camera;
    this.clear();
    const [left, top] = camera.toPlane(0, 0);
    const [right, bottom] = camera.toPlane(width, height);
    context.font = `12px ${fontOf(this.canvas)}`;
    context.fillStyle = colors.muted;
    context.strokeStyle = colors.line;
    context.lineWidth = 1;
    context.textAlign = "center";
    context.textBaseline = "top";
    for (const tick of ticks(left, right, width / 95)) {
      const px = Math.round(camera.toScreen(tick, 0)[0]) + 0.5;
      this.line(px, 0, px, height, tick === 0);
      context.fillText(short(tick), px, height + 7);
    }
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (const tick of ticks(bottom, top, height / 70)) {
      const py = Math.round(camera.toScreen(0, tick)[1]) + 0.5;
      this.line(0, py, width, py, tick === 0);
      context.fillText(short(tick), -8, py);
    }
    context.font = `600 12.5px ${fontOf(this.canvas)}`;
    context.fillStyle = colors.ink;
    context.textAlign = "center";
    context.textBaseline = "alphabetic";
    context.fillText(axes.x, width / 2, height + 38);
    context.save();
    context.translate(-44, height / 2);
    context.rotate(-Math.PI / 2);
    context.fillText(axes.y, 0, 0);
    context.restore();
  }

  private line(x1: number, y1: number, x2: number, y2: number, strong: boolean): void {
    const { context } = this;
    context.globalAlpha = strong ? 1 : 0.5;
    context.beginPath();
    context.moveTo(x1, y1);
    context.lineTo(x2, y2);
    context.stroke();
    context.globalAlpha = 1;
  }
}

export class MarksLayer extends Layer {
  private x: ArrayLike<number> = [];
  private y: ArrayLike<number> = [];

  setPositions(x: ArrayLike<number>, y: ArrayLike<number>): void {
    this.x = x;
    this.y = y;
  }

  draw(camera: Camera, marked: Marked, size: number, colors: PageColors): void {
    const { context } = this;
    this.clear();
    context.save();
    context.beginPath();
    context.rect(0, 0, camera.width, camera.height);
    context.clip();
    this.drawMarks(camera, marked, size, colors);
    context.restore();
  }

  private drawMarks(camera: Camera, marked: Marked, size: number, colors: PageColors): void {
    const { context } = this;
    const at = (item: number) => camera.toScreen(this.x[item], this.y[item]);
    for (const item of marked.history) this.square(at(item), size / 2 + 2.5, colors.history);
    for (const item of marked.recommendations) this.diamond(at(item), size / 2 + 5, colors.recommended);
    if (marked.selected !== null) {
      const from = at(marked.selected);
      context.strokeStyle = colors.accent;
      context.lineWidth = 1.5;
      for (const item of marked.neighbors) {
        context.beginPath();
        context.moveTo(...from);
        context.lineTo(...at(item));
        context.stroke();
      }
      for (const item of marked.neighbors) this.ring(at(item), size / 2 + 1.5, colors.accent, colors.surface);
      this.ring(from, size / 2 + 4, colors.accent, colors.surface, 3);
    }
    if (marked.hovered !== null) this.ring(at(marked.hovered), size / 2 + 3, colors.ink, colors.surface);
  }

  /** A circle with a halo of the ground, so that it shows on any crowd. */
  private ring([px, py]: [number, number], radius: number, color: string, halo: string, width = 2): void {
    const { context } = this;
    for (const [style, line] of [[halo, width + 2.5], [color, width]] as const) {
      context.strokeStyle = style;
      context.lineWidth = line;
      context.beginPath();
      context.arc(px, py, radius, 0, 2 * Math.PI);
      context.stroke();
    }
  }

  private square([px, py]: [number, number], reach: number, color: string): void {
    const { context } = this;
    context.strokeStyle = color;
    context.lineWidth = 1.6;
    context.strokeRect(px - reach, py - reach, 2 * reach, 2 * reach);
  }

  private diamond([px, py]: [number, number], reach: number, color: string): void {
    const { context } = this;
    context.strokeStyle = color;
    context.lineWidth = 2.2;
    context.beginPath();
    context.moveTo(px, py - reach);
    context.lineTo(px + reach, py);
    context.lineTo(px, py + reach);
    context.lineTo(px - reach, py);
    context.closePath();
    context.stroke();
  }
}

function fontOf(canvas: HTMLCanvasElement): string {
  return getComputedStyle(canvas).fontFamily;
}
