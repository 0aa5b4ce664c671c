// What draws the points: WebGL2, or a plain canvas where that is missing or slow.

import type { Camera } from "./camera.ts";

export interface PointStyle {
  /** Diameter in CSS pixels. */
  size: number;
  opacity: number;
}

export interface PointRenderer {
  readonly kind: "webgl2" | "canvas";
  resize(width: number, height: number, ratio: number): void;
  setPositions(x: Float32Array, y: Float32Array): void;
  setColors(rgba: Uint8Array, order: Uint32Array): void;
  draw(camera: Camera, style: PointStyle): void;
}

/** Fewer points are larger and denser; zooming in makes them grow, slower than the distances do. */
export function pointStyle(count: number, camera: Camera): PointStyle {
  const room = Math.sqrt((camera.width * camera.height) / Math.max(count, 1));
  const zoom = Math.max(camera.zoom, 1);
  const size = Math.min(Math.max(room * 0.5, 2.2), 11) * zoom ** 0.22;
  const opacity = 0.86 * Math.min(1, (4000 / Math.max(count, 1)) ** 0.25) * zoom ** 0.25;
  return { size: Math.min(size, 15), opacity: Math.min(Math.max(opacity, 0.4), 0.9) };
}
