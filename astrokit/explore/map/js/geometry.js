// A view is [x0, x1, y0, y1] in the data's units, y upwards. Shares u, v run from 0 to 1, from the left and the bottom.

const DEEPEST = 2e-7; // of the home view: about the resolution of float32
const WIDEST = 3;

export const widthOf = (view) => view[1] - view[0];
export const heightOf = (view) => view[3] - view[2];
export const at = (view, u, v) => [view[0] + u * widthOf(view), view[2] + v * heightOf(view)];
export const shareOf = (view, x, y) => [(x - view[0]) / widthOf(view), (y - view[2]) / heightOf(view)];
export const isSame = (a, b) =>
  a && b && a.length === b.length && a.every((value, k) => value === b[k]);

export function zoomed(view, factor, u = 0.5, v = 0.5) {
  const [x, y] = at(view, u, v);
  return [x - (x - view[0]) * factor, x + (view[1] - x) * factor, y - (y - view[2]) * factor, y + (view[3] - y) * factor];
}

export function moved(view, du, dv) {
  const dx = du * widthOf(view);
  const dy = dv * heightOf(view);
  return [view[0] + dx, view[1] + dx, view[2] + dy, view[3] + dy];
}

export function centred(view, x, y) {
  const [u, v] = shareOf(view, x, y);
  return moved(view, u - 0.5, v - 0.5);
}

// Not deeper than float32 can tell apart, not wider than a few homes, and never out of sight of the data.
export function clamped(view, home) {
  const [a0, a1] = clampedAxis(view[0], view[1], home[0], home[1]);
  const [b0, b1] = clampedAxis(view[2], view[3], home[2], home[3]);
  return [a0, a1, b0, b1];
}

function clampedAxis(low, high, homeLow, homeHigh) {
  const whole = homeHigh - homeLow;
  const size = Math.min(Math.max(high - low, DEEPEST * whole), WIDEST * whole);
  const centre = Math.min(Math.max((low + high) / 2, homeLow), homeHigh);
  return size === high - low && centre === (low + high) / 2 ? [low, high] : [centre - size / 2, centre + size / 2];
}

export const between = (a, b, share) => a.map((value, k) => value + (b[k] - value) * share);

// Round numbers between low and high, about n of them, and how many decimals tell them apart.
export function ticks(low, high, n) {
  const rough = (high - low) / Math.max(n, 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((k) => k * power >= rough) * power;
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const found = [];
  for (let k = Math.ceil(low / step); k * step <= high; k++) found.push(k * step);
  return { values: found, decimals };
}

export const whole = (n) => Math.round(n).toLocaleString("en-US");

// A count that came through a logarithm: as many digits as are true.
export function approximate(n, error) {
  if (n < 100 || !error) return whole(n);
  const unit = 10 ** (Math.floor(Math.log10(n)) - 1);
  return whole(Math.round(n / unit) * unit);
}

export function short(n) {
  if (n >= 1e6) return `${+(n / 1e6).toPrecision(3)}M`;
  if (n >= 1e4) return `${+(n / 1e3).toPrecision(3)}k`;
  return n >= 10 || Number.isInteger(n) ? whole(n) : String(+n.toPrecision(2));
}

export const number = (value) => String(+value.toPrecision(3)).replace("-", "−");
