// Draws the points without a graphics card, for browsers whose WebGL2 is missing or made in software:
// each point is a stamp of pixels blended into an image, which takes a tenth of the time that WebGL in
// software takes for 100,000 points.

import type { Camera } from "./camera.ts";
import type { PointRenderer, PointStyle } from "./renderer.ts";

/** Pixels that a disc covers, around its middle, and how much of each. */
interface Stamp {
  reach: number;
  /** Pairs of offset in the image and share from 0 to 1. */
  offsets: Int32Array;
  shares: Float32Array;
}

function stampOf(size: number, width: number): Stamp {
  const reach = Math.ceil(size / 2 - 0.5);
  const offsets: number[] = [];
  const shares: number[] = [];
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      const share = Math.min(Math.max(size / 2 + 0.5 - Math.hypot(dx, dy), 0), 1);
      if (share > 0) {
        offsets.push(4 * (dy * width + dx));
        shares.push(share);
      }
    }
  }
  return { reach, offsets: Int32Array.from(offsets), shares: Float32Array.from(shares) };
}

export class CanvasPoints implements PointRenderer {
  readonly kind = "canvas";
  private readonly canvas: HTMLCanvasElement;
  private readonly context: CanvasRenderingContext2D;
  private ratio = 1;
  private image = new ImageData(1, 1);
  private x = new Float32Array();
  private y = new Float32Array();
  private rgba = new Uint8Array();
  private order = new Uint32Array();

  constructor(canvas: HTMLCanvasElement) {
    const context = canvas.getContext("2d");
    if (!context) throw new Error("This browser draws on no canvas.");
    this.canvas = canvas;
    this.context = context;
  }

  resize(width: number, height: number, ratio: number): void {
    this.ratio = ratio;
    this.canvas.width = Math.max(1, Math.round(width * ratio));
    this.canvas.height = Math.max(1, Math.round(height * ratio));
    this.image = new ImageData(this.canvas.width, this.canvas.height);
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
    const { image, x, y, rgba, ratio } = this;
    const { width, height, data } = image;
    const stamp = stampOf(Math.max(style.size * ratio, 1), width);
    data.fill(0);
    const scale = camera.scale * ratio;
    const left = (width - 1) / 2 - camera.x * scale;
    const top = (height - 1) / 2 + camera.y * scale;
    for (const i of this.order) {
      const px = Math.round(left + x[i] * scale);
      const py = Math.round(top - y[i] * scale);
      if (px < stamp.reach || py < stamp.reach || px >= width - stamp.reach || py >= height - stamp.reach) continue;
      blend(data, 4 * (py * width + px), stamp, rgba, 4 * i, style.opacity);
    }
    this.context.putImageData(image, 0, 0);
  }
}

/** Puts the stamp, in the color at `c`, over what is there. */
function blend(
  data: Uint8ClampedArray, middle: number, stamp: Stamp, rgba: Uint8Array, c: number, opacity: number,
): void {
  const [red, green, blue] = [rgba[c], rgba[c + 1], rgba[c + 2]];
  const strength = (rgba[c + 3] / 255) * opacity;
  for (let s = 0; s < stamp.shares.length; s++) {
    const p = middle + stamp.offsets[s];
    const above = strength * stamp.shares[s];
    const below = (data[p + 3] / 255) * (1 - above);
    const alpha = above + below;
    const part = above / alpha;
    data[p] += (red - data[p]) * part;
    data[p + 1] += (green - data[p + 1]) * part;
    data[p + 2] += (blue - data[p + 2]) * part;
    data[p + 3] = 255 * alpha;
  }
}
