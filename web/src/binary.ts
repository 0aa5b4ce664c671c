// Base64 of little-endian numbers, as the program writes them.

function bytesOf(text: string, length: number, name: string): Uint8Array {
  const raw = atob(text);
  if (raw.length !== length) {
    throw new Error(`${name} has ${raw.length} bytes and must have ${length}. Make the report again.`);
  }
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = raw.charCodeAt(i);
  return bytes;
}

/** The value of an IEEE 754 half of these bits. */
export function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

export function decodeHalves(text: string, count: number, name: string): Float32Array {
  const bytes = bytesOf(text, 2 * count, name);
  const table = Float32Array.from({ length: 65536 }, (_, bits) => halfValue(bits));
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = table[bytes[2 * i] | (bytes[2 * i + 1] << 8)];
  return values;
}

export function decodeFloats(text: string, count: number, name: string): Float32Array {
  const view = new DataView(bytesOf(text, 4 * count, name).buffer);
  return Float32Array.from({ length: count }, (_, i) => view.getFloat32(4 * i, true));
}
