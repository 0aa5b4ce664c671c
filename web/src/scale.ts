// Round numbers for axes.

/** Steps of 1, 2 or 5 times a power of ten that give about `wanted` ticks in [low, high]. */
export function ticks(low: number, high: number, wanted: number): number[] {
  const span = high - low;
  if (!(span > 0) || !Number.isFinite(span) || wanted < 1) return [low];
  const rough = span / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough * 0.999) ?? 10 * power;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  const found: number[] = [];
  for (let i = first; i <= last; i++) found.push(i === 0 ? 0 : Number((i * step).toPrecision(12)));
  return found;
}

/** 1, 10, 100 ... in [low, high], with 2 and 5 times them where there are few. */
export function logTicks(low: number, high: number): number[] {
  const found: number[] = [];
  const decades = Math.log10(high / low);
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    for (const m of decades > 2.5 ? [1] : [1, 2, 5]) {
      const tick = m * 10 ** power;
      if (tick >= low * 0.999 && tick <= high * 1.001) found.push(Number(tick.toPrecision(6)));
    }
  }
  return found;
}
