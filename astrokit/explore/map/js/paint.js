// From counts to colours. Everything here is local: another colour map, stretch or class needs no new counts.

import { CATEGORY_RGB, colourAt, greyAt, packed, ramp } from "./colour.js";
import { codeOf, filledCells, histogram } from "./frame.js";

const SOFT = 0.2; // counts per pixel at which the logarithm bends: a lone point is seen, a crowd is not flat

// What the scale shows: from a count in a cell to a tone from 0 to 1. `top` is in counts per pixel.
export function makeTone(frame, stretch, top) {
  const plane = frame.planes.counts;
  const area = frame.area;
  if (stretch === "equalised") return equalised(plane, frame.cells);
  if (stretch === "linear") return (count) => Math.min(count / area / top, 1);
  const bend = Math.log1p(top / SOFT);
  return (count) => Math.min(Math.log1p(count / area / SOFT) / bend, 1);
}

function equalised(plane, cells) {
  const below = new Float32Array(256);
  let sum = 0;
  for (let k = 1; k < 256; k++) {
    below[k] = sum + cells[k] / 2;
    sum += cells[k];
  }
  return (count) => (sum ? below[codeOf(plane, count)] / sum : 0);
}

// The count per pixel that only one filled cell in 500 exceeds.
export function topOf(frame) {
  const { codes, values } = frame.planes.counts;
  let left = (codes.length - frame.cells[0]) / 500;
  let k = 255;
  for (; k > 1; k--) {
    left -= frame.cells[k];
    if (left < 0) break;
  }
  return Math.max(values[k], 2) / frame.area;
}

// Once for each frame that arrives: pixels of a cell at the view it was asked for, and what needs counting.
export function prepare(frame, request) {
  const [x0, x1, y0, y1] = frame.extent;
  const [a0, a1, b0, b1] = request.view;
  const pixels = [
    (((x1 - x0) / frame.nx) * request.width) / (a1 - a0),
    (((y1 - y0) / frame.ny) * request.height) / (b1 - b0),
  ];
  frame.area = pixels[0] * pixels[1];
  frame.cells = histogram(frame.planes.counts);
  frame.filled = filledCells(frame, frame.cells);
}

// style: {by, map, stretch, top, theme, isolated: Set of layers or null}
export function paint(frame, style, canvas) {
  if (canvas.width !== frame.nx || canvas.height !== frame.ny) [canvas.width, canvas.height] = [frame.nx, frame.ny];
  const context = canvas.getContext("2d");
  const image = context.createImageData(frame.nx, frame.ny);
  const pixels = new Uint32Array(image.data.buffer);
  const tone = makeTone(frame, style.stretch, style.top);
  colourCells(frame, style, tone, pixels);
  frame.dots = frame.filled && dotsByColour(frame, image.data);
  context.putImageData(image, 0, 0);
}

// Few cells are drawn as dots: their centres, by colour, so that each colour is one path.
function dotsByColour(frame, bytes) {
  const [x0, x1, y0, y1] = frame.extent;
  const found = new Map();
  for (const cell of frame.filled) {
    const [i, j] = [cell % frame.nx, Math.floor(cell / frame.nx)];
    const k = 4 * ((frame.ny - 1 - j) * frame.nx + i);
    const colour = `rgba(${bytes[k]},${bytes[k + 1]},${bytes[k + 2]},${(bytes[k + 3] / 255).toFixed(2)})`;
    if (!found.has(colour)) found.set(colour, []);
    found.get(colour).push([x0 + ((i + 0.5) / frame.nx) * (x1 - x0), y0 + ((j + 0.5) / frame.ny) * (y1 - y0)]);
  }
  return found;
}

function colourCells(frame, style, tone, pixels) {
  const counts = frame.planes.counts;
  const members = style.hasSelection ? frame.planes.members : null;
  const tones = Float32Array.from(counts.values, tone);
  const grey = Uint32Array.from(tones, (t) => packed(greyAt(style.theme, t), 255));
  const colour = colourOfCell(frame, style, tone, tones, members);
  for (let j = 0; j < frame.ny; j++) {
    let target = (frame.ny - 1 - j) * frame.nx;
    let cell = j * frame.nx;
    for (let i = 0; i < frame.nx; i++, cell++, target++) {
      const code = counts.codes[cell];
      if (!code) continue;
      if (style.hasSelection && !(members && members.codes[cell])) pixels[target] = grey[code];
      else pixels[target] = colour(cell, code) || grey[code];
    }
  }
}

// A function from (cell, its code) to a packed colour, 0 where the cell has nothing of what is coloured.
function colourOfCell(frame, style, tone, tones, members) {
  const table = ramp((t) => colourAt(style.map, style.theme, t));
  if (style.by === "category" && frame.planes.categories) return categoryColour(frame, style, tone, members);
  if (style.by === "value" && frame.planes.mean) {
    const mean = frame.planes.mean.codes;
    const values = Uint32Array.from({ length: 256 }, (_, k) => table[Math.round(((k - 1) / 254) * 255)] & 0xffffff);
    const alphas = Uint32Array.from(tones, (t) => (Math.round(255 * Math.min(0.45 + 0.7 * t, 1)) << 24) >>> 0);
    return (cell, code) => (mean[cell] ? (values[mean[cell]] | alphas[code]) >>> 0 : 0);
  }
  if (members) {
    const byMember = Uint32Array.from(members.values, (n) => table[Math.round(255 * (0.25 + 0.75 * tone(n)))]);
    return (cell) => byMember[members.codes[cell]];
  }
  const byCode = Uint32Array.from(tones, (t) => table[Math.round(255 * t)]);
  return (_, code) => byCode[code];
}

// The mean of the classes' colours, weighted by their counts; how many there are makes it opaque.
function categoryColour(frame, style, tone, members) {
  const { codes, layers, values } = frame.planes.categories;
  const cells = frame.nx * frame.ny;
  const shown = Array.from({ length: layers }, (_, k) => k).filter((k) => !style.isolated || style.isolated.has(k));
  const rgb = shown.map((k) => CATEGORY_RGB[k]);
  const floor = style.theme === "dark" ? 0.3 : 0.36;
  const alphas = new Uint8Array(1024); // by the logarithm of the sum, since `tone` is slow
  for (let k = 0; k < 1024; k++) alphas[k] = Math.round(255 * Math.min(floor + (1 - floor) * tone(2 ** (k / 32)), 1));
  return (cell) => {
    let [sum, r, g, b] = [0, 0, 0, 0];
    for (let k = 0; k < shown.length; k++) {
      const n = values[codes[shown[k] * cells + cell]];
      if (!n) continue;
      sum += n;
      r += n * rgb[k][0];
      g += n * rgb[k][1];
      b += n * rgb[k][2];
    }
    if (!sum) return 0;
    const alpha = alphas[Math.min(1023, Math.round(32 * Math.log2(Math.max(sum, 1))))];
    return ((alpha << 24) | ((b / sum) << 16) | ((g / sum) << 8) | (r / sum)) >>> 0;
  };
}

export const countAt = (frame, cell, name = "counts") => {
  const plane = frame.planes[name];
  return plane.values[plane.codes[cell]];
};
