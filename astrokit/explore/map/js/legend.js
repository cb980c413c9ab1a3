// The legend: a scale with counts on it, a scale of values, or the classes, each one a button.

import { CATEGORY_COLOURS, colourAt, gradient } from "./colour.js";
import { element } from "./element.js";
import { approximate, number, short, whole } from "./geometry.js";
import { makeTone } from "./paint.js";

const SCALE_WIDTH = 168;

export class Legend {
  constructor(map) {
    this.map = map;
    this.heading = element("button", {
      type: "button", class: "ak-legend-heading", title: "Fold the legend, or open it again: the map goes on below", onclick: () => this.fold(),
    });
    this.heading.setAttribute("aria-expanded", "true");
    this.bar = element("div", { class: "ak-bar", "aria-hidden": "true" });
    this.marks = element("div", { class: "ak-marks", "aria-hidden": "true" });
    this.note = element("div", { class: "ak-note" });
    this.classes = element("div", { class: "ak-classes", role: "group", "aria-label": "Classes: press one to see it alone" });
    this.root = element("div", { class: "ak-legend" }, this.heading, this.bar, this.marks, this.classes, this.note);
  }

  fold() {
    const isFolded = this.root.toggleAttribute("data-folded");
    this.heading.setAttribute("aria-expanded", String(!isFolded));
  }

  update() {
    const { map } = this;
    const channel = map.channel;
    const isCategory = Boolean(channel?.labels);
    this.heading.textContent = channel ? channel.name : "sources per cell";
    this.classes.hidden = !isCategory;
    this.bar.hidden = this.marks.hidden = isCategory;
    if (isCategory) this.listClasses(channel);
    else this.drawBar(channel);
    this.note.textContent = this.remark(isCategory);
  }

  drawBar(channel) {
    const { map } = this;
    const { start, marks } = channel ? { start: 0, marks: valueMarks(channel) } : countMarks(map.frame, map.style());
    const name = map.settings.get("colour_map");
    this.bar.style.background = gradient((t) => colourAt(name, map.theme, start + (1 - start) * t));
    const key = JSON.stringify(marks);
    if (key === this.marked) return; // what changes in the page makes all of it be laid out again
    this.marked = key;
    this.marks.replaceChildren(
      ...marks.map(([text, place]) => element("span", { style: `left:${(100 * place).toFixed(1)}%`, class: endOf(place) }, text)),
    );
  }

  remark(isCategory) {
    const { map } = this;
    const error = map.frame?.planes.counts?.error;
    const parts = [isCategory ? "" : map.channel ? "mean of the cell" : map.settings.get("stretch")];
    if (error && !map.channel) parts.push(`± ${(100 * error).toFixed(1)}%`);
    if (map.meta?.stride > 1) parts.push(`1 source in ${map.meta.stride}, the rest in a moment`);
    return parts.filter(Boolean).join(" · ");
  }

  listClasses(channel) {
    const { selected } = this.map;
    const chosen = selected.channel === channel.name ? selected.by_class : null;
    const key = JSON.stringify([channel.name, channel.labels, channel.totals, chosen]);
    if (key !== this.listed) this.classes.replaceChildren(...channel.labels.map((label, k) => this.entry(label, channel.totals[k], chosen?.[k], k)));
    this.listed = key;
    const isolated = this.map.isolatedLayers();
    [...this.classes.children].forEach((entry, k) => {
      entry.setAttribute("aria-pressed", String(Boolean(isolated?.has(k))));
      entry.classList.toggle("ak-off", Boolean(isolated && !isolated.has(k)));
    });
  }

  // `selected` of `count` sources; undefined where nothing is selected.
  entry(label, count, selected, k) {
    const text = label === "" ? "(empty)" : label;
    const isCounted = selected !== undefined;
    const swatch = element("span", { class: "ak-swatch", style: `background:${CATEGORY_COLOURS[k]}` });
    const made = element(
      "button",
      { type: "button", class: "ak-class", onclick: (event) => this.map.isolate(label, event.shiftKey || event.ctrlKey || event.metaKey) },
      swatch, element("span", { class: "ak-name" }, text), element("span", { class: "ak-count" }, isCounted ? `${short(selected)} of ${short(count)}` : short(count)),
    );
    made.classList.toggle("ak-none", selected === 0);
    made.title = `${text}: ${isCounted ? `${whole(selected)} selected of ` : ""}${whole(count)} sources. Click: alone; Shift-click: with others`;
    made.addEventListener("dblclick", () => this.map.pickClass(label));
    return made;
  }
}

// Pixels that a mark takes on the bar, with room around it.
function spanOf(text, place) {
  const half = 3.4 * text.length + 4;
  const middle = Math.min(Math.max(place * SCALE_WIDTH, half), SCALE_WIDTH - half);
  return [middle - half, middle + half];
}

// A mark at an end stays within the bar.
const endOf = (place) => (place > 0.9 ? "ak-last" : place < 0.06 ? "ak-first" : null);

// Where the scale starts, at a single source, and round counts that lie far enough apart on the bar.
function countMarks(frame, style) {
  const { top, error } = frame?.planes.counts ?? { top: 0 };
  if (!top) return { start: 0, marks: [] };
  const tone = makeTone(frame, style.stretch, style.top);
  const start = Math.min(tone(1), 0.95);
  const candidates = [];
  for (let power = 1; power <= top; power *= 10) for (const k of [1, 2, 5]) if (k * power <= top) candidates.push(k * power);
  const order = [top, ...candidates.filter((n) => /^1/.test(n)), ...candidates.filter((n) => !/^1/.test(n))];
  const marks = [];
  for (const n of order) {
    const place = (tone(n) - start) / (1 - start);
    const text = n === top ? (tone(n) >= 1 && style.stretch !== "equalised" ? `≥${short(topShown(frame, style))}` : approximate(top, error)) : short(n);
    const [left, right] = spanOf(text, place);
    const isFree = marks.every(([other, where]) => left > spanOf(other, where)[1] || right < spanOf(other, where)[0]);
    if (isFree) marks.push([text, place]);
  }
  return { start, marks };
}

const topShown = (frame, style) => Math.max(1, Math.round(style.top * frame.area));

const valueMarks = ({ low, high }) => [[`≤${number(low)}`, 0], [number((low + high) / 2), 0.5], [`≥${number(high)}`, 1]];
