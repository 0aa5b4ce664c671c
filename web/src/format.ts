// How numbers are written: 12,345, 0.1316, 12.3 %.

const grouped = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

export function whole(value: number): string {
  return grouped.format(value);
}

/** Four significant digits or so, without an exponent where that stays readable. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size >= 1e15 || size < 1e-4) return minus(value.toExponential(2));
  if (Number.isInteger(value) || size >= 1e4) return minus(whole(value));
  return minus(String(Number(value.toPrecision(4))));
}

export function fixed(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return minus(Number(text) === 0 ? text.replace("-", "") : text);
}

const compacted = new Intl.NumberFormat("en-US", { notation: "compact", maximumSignificantDigits: 4 });

/** For the narrow room beside an axis: 8M, 146.2K, 0.05. */
export function compact(value: number): string {
  return Math.abs(value) < 1000 ? short(value) : minus(compacted.format(value));
}

export function percent(share: number, digits = 1): string {
  return `${fixed(100 * share, digits)}\u00a0%`;
}

export function seconds(value: number): string {
  return value < 100 ? `${value.toPrecision(3)} s` : `${whole(value)} s`;
}

/** 1 interaction, 2 interactions. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${whole(count)} ${count === 1 ? one : many}`;
}

/** A true minus sign, as wide as the digits. */
function minus(text: string): string {
  return text.replace(/^-/, "\u2212");
}
