// What is drawn over the counts: ticks, names, the outline of a gesture, the ring around a source.

import { shareOf, ticks } from "./geometry.js";

const INKS = {
  dark: { text: "#e8ebf2", quiet: "rgba(200,208,222,.62)", halo: "rgba(8,10,16,.82)", line: "#ffffff", fill: "rgba(255,255,255,.08)" },
  light: { text: "#15181f", quiet: "rgba(50,56,70,.66)", halo: "rgba(255,255,255,.86)", line: "#111827", fill: "rgba(17,24,39,.06)" },
};

// scene: {view, width, height, theme, font, labels, outline, crosshair, ring}
export function drawOverlay(context, scene) {
  const { width, height } = scene;
  const ink = INKS[scene.theme];
  context.clearRect(0, 0, width, height);
  context.lineJoin = "round";
  drawTicks(context, scene, ink);
  drawLabels(context, scene, ink);
  if (scene.outline) drawOutline(context, scene, ink);
  if (scene.ring) drawRing(context, pixelOf(scene, scene.ring), ink);
  if (scene.crosshair) drawCrosshair(context, scene, ink);
}

export function pixelOf({ view, width, height }, [x, y]) {
  const [u, v] = shareOf(view, x, y);
  return [u * width, (1 - v) * height];
}

function drawTicks(context, scene, ink) {
  const { view, width, height } = scene;
  context.font = `10.5px ${scene.font}`;
  context.lineWidth = 1;
  const across = ticks(view[0], view[1], width / 110);
  context.textAlign = "center";
  context.textBaseline = "bottom";
  for (const x of across.values) {
    const [left] = pixelOf(scene, [x, view[2]]);
    if (left < 26 || left > width - 18) continue;
    tick(context, left, height, 0, -4, ink);
    written(context, signed(x, across.decimals), left, height - 6, ink.quiet, ink.halo);
  }
  const up = ticks(view[2], view[3], height / 80);
  context.textAlign = "left";
  context.textBaseline = "middle";
  for (const y of up.values) {
    const [, top] = pixelOf(scene, [view[0], y]);
    if (top < 12 || top > height - 22) continue;
    tick(context, 0, top, 4, 0, ink);
    written(context, signed(y, up.decimals), 7, top, ink.quiet, ink.halo);
  }
}

const signed = (value, decimals) => (value === 0 ? "0" : value.toFixed(Math.min(decimals, 12)).replace("-", "−"));

function tick(context, x, y, dx, dy, ink) {
  context.strokeStyle = ink.quiet;
  context.beginPath();
  context.moveTo(Math.round(x) + 0.5 * (dx === 0), Math.round(y) + 0.5 * (dy === 0));
  context.lineTo(Math.round(x) + dx + 0.5 * (dx === 0), Math.round(y) + dy + 0.5 * (dy === 0));
  context.stroke();
}

function written(context, text, x, y, colour, halo) {
  context.lineWidth = 3;
  context.strokeStyle = halo;
  context.strokeText(text, x, y);
  context.fillStyle = colour;
  context.fillText(text, x, y);
}

// Larger clusters first; a name that would lie over another waits for a closer look.
function drawLabels(context, scene, ink) {
  context.font = `600 12.5px ${scene.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  const taken = [];
  for (const label of scene.labels) {
    const [x, y] = pixelOf(scene, [label.x, label.y]);
    if (x < 0 || x > scene.width || y < 0 || y > scene.height) continue;
    const text = label.text.length > 28 ? `${label.text.slice(0, 27)}…` : label.text;
    const half = context.measureText(text).width / 2 + 4;
    const box = [x - half, x + half, y - 10, y + 10];
    if (taken.some((other) => box[0] < other[1] && box[1] > other[0] && box[2] < other[3] && box[3] > other[2])) continue;
    taken.push(box);
    written(context, text, x, y, ink.text, ink.halo);
  }
}

function drawOutline(context, scene, ink) {
  const { points, isClosed } = scene.outline;
  if (!points.length) return;
  context.beginPath();
  points.forEach((point, k) => context[k ? "lineTo" : "moveTo"](...pixelOf(scene, point)));
  if (isClosed) context.closePath();
  context.fillStyle = ink.fill;
  context.fill();
  context.lineWidth = 3.5;
  context.strokeStyle = ink.halo;
  context.stroke();
  context.lineWidth = 1.5;
  context.strokeStyle = ink.line;
  context.setLineDash(isClosed ? [] : [5, 4]);
  context.stroke();
  context.setLineDash([]);
}

function drawRing(context, [x, y], ink) {
  for (const [width, colour] of [[4, ink.halo], [1.75, ink.line]]) {
    context.beginPath();
    context.arc(x, y, 7, 0, 2 * Math.PI);
    context.lineWidth = width;
    context.strokeStyle = colour;
    context.stroke();
  }
}

function drawCrosshair(context, scene, ink) {
  const [x, y] = pixelOf(scene, scene.crosshair).map(Math.round);
  for (const [width, colour] of [[3.5, ink.halo], [1.25, ink.line]]) {
    context.beginPath();
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      context.moveTo(x + 4 * dx, y + 4 * dy);
      context.lineTo(x + 16 * dx, y + 16 * dy);
    }
    context.lineWidth = width;
    context.strokeStyle = colour;
    context.stroke();
  }
}
