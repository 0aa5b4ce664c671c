// Pointer, wheel and keys on the map, told as movements of the picture.

export interface Gestures {
  zoom(px: number, py: number, factor: number): void;
  pan(dx: number, dy: number): void;
  fit(): void;
  hover(px: number, py: number): void;
  leave(): void;
  click(px: number, py: number, touch: boolean): void;
  /** The item in the middle of the window is wanted. */
  pickMiddle(): void;
}

const dragStart = 4;  // pixels that a click may move
const keyStep = 60;
const keyZoom = 1.5;

/** `area` is what listens, `origin` the element whose upper left corner is (0, 0). */
export function listen(area: HTMLElement, origin: HTMLElement, to: Gestures): void {
  const at = (event: MouseEvent): [number, number] => {
    const box = origin.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  listenToPointers(area, at, to);
  area.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 18 : event.deltaMode ? 400 : 1;
      const speed = event.ctrlKey ? 0.01 : 0.0018;  // With ctrlKey: a pinch on a track pad.
      to.zoom(...at(event), Math.exp(-Math.max(-400, Math.min(400, event.deltaY * lines)) * speed));
    },
    { passive: false },
  );
  area.addEventListener("dblclick", (event) => to.zoom(...at(event), 2));
  area.addEventListener("keydown", (event) => {
    if (event.target === area && !event.ctrlKey && !event.metaKey && !event.altKey && key(event, origin, to)) {
      event.preventDefault();
    }
  });
}

function key(event: KeyboardEvent, origin: HTMLElement, to: Gestures): boolean {
  const [x, y] = [origin.clientWidth / 2, origin.clientHeight / 2];
  const actions: Record<string, () => void> = {
    ArrowLeft: () => to.pan(keyStep, 0),
    ArrowRight: () => to.pan(-keyStep, 0),
    ArrowUp: () => to.pan(0, keyStep),
    ArrowDown: () => to.pan(0, -keyStep),
    "+": () => to.zoom(x, y, keyZoom),
    "=": () => to.zoom(x, y, keyZoom),
    "-": () => to.zoom(x, y, 1 / keyZoom),
    "0": () => to.fit(),
    Enter: () => to.pickMiddle(),
  };
  actions[event.key]?.();
  return event.key in actions;
}

function listenToPointers(
  area: HTMLElement, at: (event: MouseEvent) => [number, number], to: Gestures,
): void {
  const down = new Map<number, [number, number]>();
  let moved = 0;
  let pinched = false;

  area.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    if (down.size === 0) {
      moved = 0;
      pinched = false;
    }
    down.set(event.pointerId, at(event));
    area.setPointerCapture(event.pointerId);
    area.focus({ preventScroll: true });
  });

  area.addEventListener("pointermove", (event) => {
    const [x, y] = at(event);
    const before = down.get(event.pointerId);
    if (!before) {
      if (down.size === 0) to.hover(x, y);
      return;
    }
    const others = [...down].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
    down.set(event.pointerId, [x, y]);
    if (others.length === 1) {
      pinched = true;
      pinch(before, [x, y], others[0], to);
    } else if (others.length === 0) {
      moved += Math.hypot(x - before[0], y - before[1]);
      if (moved > dragStart) to.pan(x - before[0], y - before[1]);
    }
  });

  const up = (event: PointerEvent) => {
    if (!down.delete(event.pointerId)) return;
    if (event.type === "pointerup" && down.size === 0 && moved <= dragStart && !pinched) {
      to.click(...at(event), event.pointerType !== "mouse");
    }
  };
  area.addEventListener("pointerup", up);
  area.addEventListener("pointercancel", up);
  area.addEventListener("pointerleave", () => to.leave());
}

/** One of two fingers goes from `before` to `now`: the picture follows both. */
function pinch(
  before: [number, number], now: [number, number], other: [number, number], to: Gestures,
): void {
  const length = (a: [number, number]) => Math.max(Math.hypot(a[0] - other[0], a[1] - other[1]), 10);
  const middle = [(now[0] + other[0]) / 2, (now[1] + other[1]) / 2] as const;
  to.pan((now[0] - before[0]) / 2, (now[1] - before[1]) / 2);
  to.zoom(middle[0], middle[1], length(now) / length(before));
}
