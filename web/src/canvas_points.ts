// Draws the points on a plain canvas, for browsers without WebGL2. Slower, and otherwise the same.

import type { Camera } from "./camera.ts";
import type { PointRenderer, PointStyle } from "./renderer.ts";

export class CanvasPoints implements PointRenderer {
  readonly kind = "canvas";
  private readonly canvas: HTMLCanvasElement;
  private ratio = 1;
  private x = new Float32Array();
  private y = new Float32Array();
  private rgba = new Uint8Array();
  private order = new Uint32Array();

  constructor(canvas: HTMLCanvasElement) {
    this.canvas = canvas;
  }

  resize(width: number, height: number, ratio: number): void {
    this.ratio = ratio;
    this.canvas.width = Math.max(1, Math.round(width * ratio));
    this.canvas.height = Math.max(1, Math.round(height * ratio));
  }

  setPositions(x: Float32Array, y: Float32Array): void {
    this.x = x as Float32Array<ArrayBuffer>;
    this.y = y as Float32Array<ArrayBuffer>;
  }

  setColors(rgba: Uint8Array, order: Uint32Array): void {
    this.rgba = rgba as Uint8Array<ArrayBuffer>;
    this.order = order as Uint32Array<ArrayBuffer>;
  }

  draw(camera: Camera, style: PointStyle): void {
    const context = this.canvas.getContext("2d");
    if (!context) return;
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, camera.width, camera.height);
    const radius = style.size / 2;
    for (const i of this.order) {
      const [px, py] = camera.toScreen(this.x[i], this.y[i]);
      if (px < -radius || py < -radius || px > camera.width + radius || py > camera.height + radius) continue;
      const c = 4 * i;
      const alpha = (this.rgba[c + 3] / 255) * style.opacity;
      context.fillStyle = `rgb(${this.rgba[c]} ${this.rgba[c + 1]} ${this.rgba[c + 2]} / ${alpha})`;
      if (radius < 2) {
        context.fillRect(px - radius, py - radius, style.size, style.size);
      } else {
        context.beginPath();
        context.arc(px, py, radius, 0, 2 * Math.PI);
        context.fill();
      }
    }
  }
}
