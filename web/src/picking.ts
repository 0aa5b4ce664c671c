// Which point is under the pointer: a grid over the plane, so that a look-up reads a few cells.

export class PointGrid {
  private readonly x: Float32Array;
  private readonly y: Float32Array;
  private readonly size: number;
  private readonly left: number;
  private readonly bottom: number;
  private readonly cellWidth: number;
  private readonly cellHeight: number;
  /** Points of cell c: members[starts[c]] up to members[starts[c + 1]]. */
  private readonly starts: Uint32Array;
  private readonly members: Uint32Array;

  constructor(x: Float32Array, y: Float32Array) {
    this.x = x;
    this.y = y;
    const [left, right] = range(x);
    const [bottom, top] = range(y);
    this.left = left;
    this.bottom = bottom;
    this.size = Math.max(1, Math.ceil(Math.sqrt(x.length / 4)));
    this.cellWidth = (right - left) / this.size || 1;
    this.cellHeight = (top - bottom) / this.size || 1;
    this.starts = new Uint32Array(this.size * this.size + 1);
    for (let i = 0; i < x.length; i++) this.starts[this.cellOf(x[i], y[i]) + 1]++;
    for (let c = 1; c < this.starts.length; c++) this.starts[c] += this.starts[c - 1];
    this.members = new Uint32Array(x.length);
    const next = this.starts.slice();
    for (let i = 0; i < x.length; i++) this.members[next[this.cellOf(x[i], y[i])]++] = i;
  }

  private column(x: number): number {
    return clampIndex(Math.floor((x - this.left) / this.cellWidth), this.size);
  }

  private row(y: number): number {
    return clampIndex(Math.floor((y - this.bottom) / this.cellHeight), this.size);
  }

  private cellOf(x: number, y: number): number {
    return this.row(y) * this.size + this.column(x);
  }

  /** The point nearest to (x, y) within the radius, the lower row of two; null when there is none. */
  nearest(x: number, y: number, radius: number): number | null {
    let best: number | null = null;
    let bestSquare = radius * radius;
    for (let row = this.row(y - radius); row <= this.row(y + radius); row++) {
      for (let column = this.column(x - radius); column <= this.column(x + radius); column++) {
        const cell = row * this.size + column;
        for (let m = this.starts[cell]; m < this.starts[cell + 1]; m++) {
          const i = this.members[m];
          const square = (this.x[i] - x) ** 2 + (this.y[i] - y) ** 2;
          if (square < bestSquare || (square === bestSquare && (best === null || i < best))) {
            best = i;
            bestSquare = square;
          }
        }
      }
    }
    return best;
  }
}

function clampIndex(index: number, size: number): number {
  return Math.min(Math.max(index, 0), size - 1);
}

/** Smallest and largest value; [0, 0] of nothing. */
export function range(values: ArrayLike<number>): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < values.length; i++) {
    if (values[i] < low) low = values[i];
    if (values[i] > high) high = values[i];
  }
  return low <= high ? [low, high] : [0, 0];
}
