"use strict";
// Parallel coordinates and a scatter plot over the same runs. What is brushed in one is what the other shows.

const {columns, runs} = JSON.parse(document.getElementById("data").textContent);
const MOST_AXES = 12, MOST_LISTED = 200, TICKS = 5;
const brushes = new Map();   // column -> [low, high] in units of the axis, 0 at the bottom
let hovered = -1;

const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
};

// --- scales: a column's value -> 0..1, NaN where it has none ---------------------------------------------

const compact = new Intl.NumberFormat("en", {maximumSignificantDigits: 3});
const label = column => column.name.replace(/^p_/, "");
const scales = new Map(columns.map(column => [column, column.numeric ? numericScale(column) : textScale(column)]));

function numericScale({values}) {
  const known = values.filter(value => value !== null);
  const low = known.reduce((a, b) => Math.min(a, b)), high = known.reduce((a, b) => Math.max(a, b));
  const few = [...new Set(known)].sort((a, b) => a - b);
  const even = Array.from({length: TICKS}, (_, i) => low + i / (TICKS - 1) * (high - low));
  const scaled = value => (value - low) / (high - low);
  return {
    at: i => values[i] === null ? NaN : scaled(values[i]),
    ticks: (few.length <= TICKS ? few : even).map(value => [scaled(value), compact.format(value)]),
  };
}

function textScale({values}) {
  const words = [...new Set(values.filter(value => value !== null))].sort();
  const place = new Map(words.map((word, i) => [word, (i + 0.5) / words.length]));
  const step = Math.ceil(words.length / 12);
  const ticks = words.filter((_, i) => i % step === 0).map(word => [place.get(word), word.slice(0, 16)]);
  return {at: i => place.get(values[i]) ?? NaN, ticks};
}

const isShown = i => [...brushes].every(([column, [low, high]]) => {
  const at = scales.get(column).at(i);
  return at >= low && at <= high;
});

// --- canvases ----------------------------------------------------------------------------------------------

const canvasOf = text => make("canvas", {role: "img", "aria-label": text});
const parallel = canvasOf("Parallel coordinates: a line for each run. Drag along an axis to choose, click a line to open.");
const scatter = canvasOf("Scatter plot: a dot for each run. Click a dot to open its notebook.");

function begin(canvas, height) {
  const width = canvas.clientWidth, ratio = window.devicePixelRatio || 1;
  [canvas.width, canvas.height] = [width * ratio, height * ratio];
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  context.font = "12px system-ui, sans-serif";
  return {context, width, height};
}

const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
// Between blue, green and amber: in order of lightness too, and told apart by those who see fewer colours.
const STOPS = [[59, 82, 160], [33, 145, 140], [110, 190, 90], [215, 165, 30]];
function mix(t) {
  if (Number.isNaN(t)) return colour("--soft");
  const at = Math.min(STOPS.length - 2, Math.floor(t * (STOPS.length - 1))), part = t * (STOPS.length - 1) - at;
  const lift = Number(colour("--lift"));
  return `rgb(${STOPS[at].map((from, k) => Math.min(255, from + part * (STOPS[at + 1][k] - from) + lift)).join(" ")})`;
}
const chosenColour = () => columns[Number(inputs.colour.value)];

// --- parallel coordinates ----------------------------------------------------------------------------------

const axes = columns.slice(0, MOST_AXES);
const TOP = 34, BOTTOM = 14, SIDE = 60, HEIGHT = 330;
const axisX = (i, width) => SIDE + (axes.length > 1 ? i * (width - 2 * SIDE) / (axes.length - 1) : 0);
const axisY = t => HEIGHT - BOTTOM - t * (HEIGHT - TOP - BOTTOM);

function drawParallel() {
  const {context, width} = begin(parallel, HEIGHT);
  const scale = scales.get(chosenColour());
  const shown = runs.map((_, i) => isShown(i));
  const strength = Math.max(0.08, Math.min(0.9, 60 / runs.length));
  const line = (i, style, alpha, thick) => {
    context.beginPath();
    let open = false;
    axes.forEach((axis, k) => {
      const at = scales.get(axis).at(i);
      if (Number.isNaN(at)) open = false;
      else { context[open ? "lineTo" : "moveTo"](axisX(k, width), axisY(at)); open = true; }
    });
    [context.strokeStyle, context.globalAlpha, context.lineWidth] = [style, alpha, thick];
    context.stroke();
  };
  runs.forEach((_, i) => shown[i] || line(i, colour("--line"), 0.25, 1));
  runs.forEach((_, i) => shown[i] && line(i, mix(scale.at(i)), strength, 1.2));
  if (hovered >= 0) line(hovered, colour("--ink"), 1, 2.5);
  context.globalAlpha = 1;
  axes.forEach((axis, k) => drawAxis(context, axis, axisX(k, width), k));
}

function drawAxis(context, axis, x, k) {
  context.textAlign = "center";
  context.fillStyle = colour(axis.kind === "parameter" ? "--ink" : "--link");
  context.fillText(label(axis).slice(0, 22), x, k % 2 ? 10 : 24);
  context.fillStyle = colour("--line");
  context.fillRect(x - 0.5, TOP, 1, HEIGHT - TOP - BOTTOM);
  context.textAlign = "left";
  for (const [t, text] of scales.get(axis).ticks) {
    context.strokeStyle = colour("--ground");
    context.lineWidth = 3;
    context.strokeText(text, x + 5, axisY(t) + 4);
    context.fillStyle = colour("--soft");
    context.fillText(text, x + 5, axisY(t) + 4);
  }
  const brush = brushes.get(axis);
  if (!brush) return;
  context.fillStyle = colour("--brush");
  context.fillRect(x - 8, axisY(brush[1]), 16, axisY(brush[0]) - axisY(brush[1]));
}

function nearestLine(x, y) {
  const width = parallel.clientWidth;
  const k = axes.findIndex((_, i) => i + 1 < axes.length && x >= axisX(i, width) && x <= axisX(i + 1, width));
  if (k < 0) return -1;
  const t = (x - axisX(k, width)) / (axisX(k + 1, width) - axisX(k, width));
  return nearest(i => {
    const at = (1 - t) * scales.get(axes[k]).at(i) + t * scales.get(axes[k + 1]).at(i);
    return Math.abs(axisY(at) - y);
  }, 6);
}

function nearest(distance, limit) {
  let best = -1;
  runs.forEach((_, i) => {
    const far = isShown(i) ? distance(i) : NaN;
    if (far < limit) [best, limit] = [i, far];
  });
  return best;
}

let drag = null;
parallel.addEventListener("pointerdown", event => {
  const k = axes.findIndex((_, i) => Math.abs(axisX(i, parallel.clientWidth) - event.offsetX) < 10);
  if (k < 0) return;
  parallel.setPointerCapture(event.pointerId);
  drag = {axis: axes[k], from: event.offsetY};
});
parallel.addEventListener("pointermove", event => {
  if (!drag) { hover(nearestLine(event.offsetX, event.offsetY)); return; }
  const t = y => (HEIGHT - BOTTOM - y) / (HEIGHT - TOP - BOTTOM);
  const ends = [t(drag.from), t(event.offsetY)].sort((a, b) => a - b);
  if (ends[1] - ends[0] > 0.01) brushes.set(drag.axis, ends);
  else brushes.delete(drag.axis);
  update();
});
parallel.addEventListener("pointerup", event => {
  if (drag && Math.abs(event.offsetY - drag.from) < 3) { brushes.delete(drag.axis); update(); }
  else if (!drag) open(hovered);
  drag = null;
});

// --- scatter -----------------------------------------------------------------------------------------------

const select = (text, chosen) => {
  const element = make("select", {"aria-label": text});
  columns.forEach((column, i) => element.append(make("option", {value: i}, label(column))));
  element.value = String(Math.max(0, chosen));
  element.addEventListener("change", update);
  return element;
};
const first = kind => columns.findIndex(column => column.kind === kind);
const metric = first("metric") >= 0 ? first("metric") : columns.length - 1;
const inputs = {x: select("x", first("parameter")), y: select("y", metric), colour: select("colour", metric)};
const EDGE = {left: 64, right: 20, top: 12, bottom: 44}, SCATTER = 340;

function place(i, width) {
  const [x, y] = [inputs.x, inputs.y].map(input => scales.get(columns[Number(input.value)]).at(i));
  return [EDGE.left + x * (width - EDGE.left - EDGE.right), SCATTER - EDGE.bottom - y * (SCATTER - EDGE.top - EDGE.bottom)];
}

function drawScatter() {
  const {context, width} = begin(scatter, SCATTER);
  drawFrame(context, width);
  const scale = scales.get(chosenColour());
  const dot = (i, size, style) => {
    const [x, y] = place(i, width);
    context.beginPath();
    context.arc(x, y, size, 0, 7);
    context.fillStyle = style;
    context.fill();
  };
  runs.forEach((_, i) => isShown(i) || dot(i, 2, colour("--line")));
  runs.forEach((_, i) => isShown(i) && dot(i, 4, mix(scale.at(i))));
  if (hovered >= 0) dot(hovered, 7, colour("--ink"));
}

function drawFrame(context, width) {
  const [x, y] = [inputs.x, inputs.y].map(input => columns[Number(input.value)]);
  const right = width - EDGE.right, bottom = SCATTER - EDGE.bottom;
  context.strokeStyle = colour("--line");
  context.strokeRect(EDGE.left, EDGE.top, right - EDGE.left, bottom - EDGE.top);
  context.fillStyle = colour("--soft");
  context.textAlign = "center";
  for (const [t, text] of scales.get(x).ticks) context.fillText(text, EDGE.left + t * (right - EDGE.left), bottom + 16);
  context.textAlign = "right";
  for (const [t, text] of scales.get(y).ticks) context.fillText(text, EDGE.left - 6, bottom - t * (bottom - EDGE.top) + 4);
  context.fillStyle = colour("--ink");
  context.textAlign = "center";
  context.fillText(label(x), (EDGE.left + right) / 2, bottom + 36);
  context.save();
  context.translate(12, (EDGE.top + bottom) / 2);
  context.rotate(-Math.PI / 2);
  context.fillText(label(y), 0, 0);
  context.restore();
}

scatter.addEventListener("pointermove", event => hover(nearest(i => {
  const [x, y] = place(i, scatter.clientWidth);
  return Math.hypot(x - event.offsetX, y - event.offsetY);
}, 12)));
scatter.addEventListener("click", () => open(hovered));

// --- what both share ---------------------------------------------------------------------------------------

const words = make("p", {class: "words", "aria-live": "polite"});
const list = make("ol");
const clear = make("button", {type: "button"}, "Show all");
clear.addEventListener("click", () => { brushes.clear(); update(); });

const describe = i => [
  `${runs[i].notebook}, ${runs[i].status}`,
  ...columns.filter(c => c.values[i] !== null).map(c => `${label(c)} ${c.numeric ? compact.format(c.values[i]) : c.values[i]}`),
].join(" · ");

function open(i) {
  if (i >= 0 && runs[i].address) window.location.assign(runs[i].address);
}

function hover(i) {
  if (i === hovered) return;
  hovered = i;
  for (const canvas of [parallel, scatter]) canvas.style.cursor = i >= 0 ? "pointer" : "";
  words.textContent = i >= 0 ? describe(i) : "Drag along an axis to choose runs; click a line or a dot to open its notebook.";
  draw();
}

function draw() {
  if (!columns.length) return;
  drawParallel();
  drawScatter();
}

function update() {
  draw();
  const shown = runs.map((_, i) => i).filter(isShown);
  clear.disabled = !brushes.size;
  heading.textContent = `${shown.length.toLocaleString("en")} of ${runs.length.toLocaleString("en")} runs`;
  list.replaceChildren(...shown.slice(0, MOST_LISTED).map(i => {
    const name = runs[i].address ? make("a", {href: runs[i].address}, describe(i)) : make("span", {}, describe(i));
    const item = make("li", {class: runs[i].status === "ok" ? "" : "bad"}, name);
    item.addEventListener("pointerenter", () => hover(i));
    return item;
  }));
}

const heading = make("h2");
const controls = make("p", {class: "controls"});
for (const [name, input] of Object.entries(inputs)) controls.append(make("label", {}, `${name} `, input));
const counts = new Map();
for (const run of runs) counts.set(run.status, (counts.get(run.status) ?? 0) + 1);
document.getElementById("counts").textContent = [...counts].map(([status, n]) => `${n.toLocaleString("en")} ${status}`).join(", ");
const plots = columns.length ? [parallel, words, controls, scatter] : [make("p", {}, "No column has two values: there is nothing to plot.")];
document.querySelector("main").append(...plots, heading, clear, list);
hovered = -2;
hover(-1);
update();
new ResizeObserver(draw).observe(document.querySelector("main"));
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
