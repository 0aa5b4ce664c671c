// What part of the plane is seen. Both axes have one scale: distances look as long as they are.

export interface Bounds {
  left: number;
  right: number;
  bottom: number;
  top: number;
}

const mostZoom = 5000;
const leastZoom = 0.4;
const margin = 0.92;  // of the window, when everything is in view

export class Camera {
  /** The window, in CSS pixels. */
  width = 1;
  height = 1;
  /** The point of the plane in the middle of the window. */
  x = 0;
  y = 0;
  /** Pixels per unit. */
  scale = 1;
  private bounds: Bounds = { left: -1, right: 1, bottom: -1, top: 1 };

  /** Scale at which all points just fit. */
  get fitScale(): number {
    const { left, right, bottom, top } = this.bounds;
    const fit = Math.min(this.width / (right - left), this.height / (top - bottom)) * margin;
    return Number.isFinite(fit) && fit > 0 ? fit : 1;
  }

  /** 1 when everything is in view. */
  get zoom(): number {
    return this.scale / this.fitScale;
  }

  resize(width: number, height: number): void {
    const zoom = this.zoom;
    this.width = Math.max(width, 1);
    this.height = Math.max(height, 1);
    this.scale = this.fitScale * zoom;
  }

  /** Sets what there is to see, and shows all of it. */
  show(bounds: Bounds): void {
    const padded = { ...bounds };
    if (bounds.right === bounds.left) {
      padded.left -= 1;
      padded.right += 1;
    }
    if (bounds.top === bounds.bottom) {
      padded.bottom -= 1;
      padded.top += 1;
    }
    this.bounds = padded;
    this.fit();
  }

  fit(): void {
    this.x = (this.bounds.left + this.bounds.right) / 2;
    this.y = (this.bounds.bottom + this.bounds.top) / 2;
    this.scale = this.fitScale;
  }

  toScreen(x: number, y: number): [number, number] {
    return [
      this.width / 2 + (x - this.x) * this.scale,
      this.height / 2 - (y - this.y) * this.scale,
    ];
  }

  toPlane(px: number, py: number): [number, number] {
    return [
      this.x + (px - this.width / 2) / this.scale,
      this.y - (py - this.height / 2) / this.scale,
    ];
  }

  /** Zooms by the factor; the point of the plane under the pixel stays under it. */
  zoomAt(px: number, py: number, factor: number): void {
    const [x, y] = this.toPlane(px, py);
    const fit = this.fitScale;
    this.scale = Math.min(Math.max(this.scale * factor, fit * leastZoom), fit * mostZoom);
    this.x = x - (px - this.width / 2) / this.scale;
    this.y = y + (py - this.height / 2) / this.scale;
    this.keepInSight();
  }

  /** Moves the picture by pixels. */
  pan(dx: number, dy: number): void {
    this.x -= dx / this.scale;
    this.y += dy / this.scale;
    this.keepInSight();
  }

  moveTo(x: number, y: number, scale: number): void {
    this.x = x;
    this.y = y;
    this.scale = scale;
  }

  private keepInSight(): void {
    const { left, right, bottom, top } = this.bounds;
    this.x = Math.min(Math.max(this.x, left), right);
    this.y = Math.min(Math.max(this.y, bottom), top);
  }
}
