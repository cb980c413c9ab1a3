// Colours as bytes. Maps run from dark to light on a dark ground, and the other way round on a light one, so that
// what is rare stands near the ground and what is crowded stands out.

const rgbOf = (hex) => [1, 3, 5].map((k) => parseInt(hex.slice(k, k + 2), 16));
const SPAN = { dark: [0.1, 1], light: [0.98, 0] };
const GREY = { dark: [[38, 43, 53], [98, 106, 122]], light: [[222, 225, 231], [140, 147, 160]] };

export const MAP_NAMES = Object.keys(PALETTES.maps);
export const STRETCHES = ["log", "linear", "equalised"];
export const CATEGORY_COLOURS = PALETTES.categories;
export const CATEGORY_RGB = PALETTES.categories.map(rgbOf);

const mix = (a, b, share) => a.map((value, k) => value + (b[k] - value) * share);

export function colourAt(name, theme, t) {
  const stops = PALETTES.maps[name];
  const [start, end] = SPAN[theme];
  const place = (start + (end - start) * Math.min(Math.max(t, 0), 1)) * (stops.length - 1);
  const k = Math.min(Math.floor(place), stops.length - 2);
  return mix(rgbOf(stops[k]), rgbOf(stops[k + 1]), place - k);
}

export const greyAt = (theme, t) => mix(GREY[theme][0], GREY[theme][1], t);

// 256 colours in the order of an ImageData's bytes, for a tone from 0 to 1.
export function ramp(colourOf) {
  return Array.from({ length: 256 }, (_, k) => packed(colourOf(k / 255), 255));
}

export const packed = ([r, g, b], alpha) => ((alpha << 24) | (b << 16) | (g << 8) | r) >>> 0;

export function gradient(colourOf) {
  const stops = Array.from({ length: 17 }, (_, k) => `rgb(${colourOf(k / 16).map(Math.round).join(",")})`);
  return `linear-gradient(90deg, ${stops.join(",")})`;
}
