// A frame: counts on a grid, one byte a cell, and what each byte stands for.

// By hand, into an array of the known length: half the time that a Response takes.
export async function inflated(bytes, length) {
  const stream = new DecompressionStream("deflate");
  const writer = stream.writable.getWriter();
  const written = writer.write(bytes).then(() => writer.close());
  const reader = stream.readable.getReader();
  const whole = new Uint8Array(length);
  for (let place = 0; ; ) {
    const { value, done } = await reader.read();
    if (done) break;
    whole.set(value, place);
    place += value.length;
  }
  await written;
  return whole;
}

// header: {nx, ny, extent, planes: [{name, layers, top, error} or {name, layers, low, high}]}
export async function decoded(header, bytes) {
  const cells = header.nx * header.ny;
  const layers = header.planes.reduce((sum, plane) => sum + plane.layers, 0);
  const codes = await inflated(bytes, layers * cells);
  const frame = { nx: header.nx, ny: header.ny, extent: header.extent, planes: {} };
  let first = 0;
  for (const plane of header.planes) {
    const last = first + plane.layers * cells;
    frame.planes[plane.name] = { ...plane, codes: codes.subarray(first, last), values: valuesOf(plane) };
    first = last;
  }
  return frame;
}

// What each byte stands for: a count (itself up to 255, else on a logarithmic scale), or a value on a line.
function valuesOf(plane) {
  const values = new Float64Array(256);
  for (let k = 1; k < 256; k++) {
    if (plane.name === "mean") values[k] = plane.low + ((k - 1) / 254) * (plane.high - plane.low);
    else values[k] = plane.top <= 255 ? k : Math.exp(((k - 1) / 254) * Math.log(plane.top));
  }
  return values;
}

// The inverse for counts, to look up the tone of a sum.
export function codeOf(plane, value) {
  if (value <= 0) return 0;
  if (plane.top <= 255) return Math.min(Math.round(value), 255);
  return Math.min(Math.max(Math.round(1 + (254 * Math.log(value)) / Math.log(plane.top)), 1), 255);
}

export function cellAt(frame, x, y) {
  const [x0, x1, y0, y1] = frame.extent;
  const i = Math.floor(((x - x0) / (x1 - x0)) * frame.nx);
  const j = Math.floor(((y - y0) / (y1 - y0)) * frame.ny);
  return i >= 0 && i < frame.nx && j >= 0 && j < frame.ny ? j * frame.nx + i : -1;
}

export function histogram(plane) {
  const cells = new Uint32Array(256);
  const { codes } = plane;
  for (let k = 0; k < codes.length; k++) cells[codes[k]]++; // an iterator takes four times as long
  return cells;
}

const MOST_DOTS = 6000;

// The filled cells, where they are so few that each is drawn as a round dot; null where there are more.
export function filledCells(frame, cells) {
  const n = frame.nx * frame.ny;
  if (n - cells[0] > MOST_DOTS) return null;
  const found = [];
  const { codes } = frame.planes.counts;
  for (let cell = 0; cell < n; cell++) if (codes[cell]) found.push(cell);
  return found;
}

// In pixels: the fewer there are, the larger; from 2.6 for a handful down to the size of a cell.
export const dotRadius = (filled) => Math.min(Math.max(2.6 - 0.45 * Math.log2(Math.max(filled.length, 1) / 300), 1.1), 2.6);
