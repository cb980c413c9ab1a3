// Buttons, lists of choices, and the help.

import { MAP_NAMES, STRETCHES } from "./colour.js";
import { button, choice, element } from "./element.js";

export const HOWS = [["new", "new"], ["or", "or"], ["and", "and"], ["minus", "minus"]];
const HOW_TITLES = {
  new: "The next gesture replaces the selection",
  or: "The next gesture adds to the selection",
  and: "The next gesture keeps only what is in both",
  minus: "The next gesture takes away from the selection",
};

export class Toolbar {
  constructor(map) {
    this.map = map;
    this.modes = ["pan", "lasso", "box"].map((mode) =>
      button(mode, { pan: "Pan", lasso: "Lasso", box: "Box" }[mode], { pan: "Esc", lasso: "l", box: "b" }[mode], () => map.setMode(mode)));
    this.hows = HOWS.map(([how, text]) =>
      element("button", { type: "button", class: "ak-how", title: `${HOW_TITLES[how]} (h: next)`, "data-how": how, onclick: () => map.setHow(how) }, text));
    this.acts = [["undo", "Undo", "u"], ["redo", "Redo", "r"], ["invert", "Invert the selection", "v"], ["clear", "Clear the selection", "x"]].map(
      ([act, label, key]) => button(act, label, key, () => map.act(act)));
    this.labels = button("labels", "Names on the map", "t", () => map.toggleLabels());
    this.helpButton = button("help", "Help", "?", () => map.help());
    this.root = element(
      "div", { class: "ak-tools", role: "toolbar", "aria-label": "Tools of the map" },
      group(...this.modes), group(...this.hows), group(...this.acts),
      group(
        button("minus", "Zoom out", "−", () => map.zoom(1 / 0.6)), button("plus", "Zoom in", "+", () => map.zoom(0.6)),
        button("home", "Show everything", "0", () => map.glide(map.home)), this.labels,
      ),
      group(this.helpButton),
    );
    this.choices = element("div", { class: "ak-choices" });
  }

  // The lists depend on the channels, which come with the first message.
  fill() {
    const { map } = this;
    const channels = [["density", "density"], ...map.meta.channels.map(({ name }) => [name, name])];
    this.colourBy = choice("Colour by", channels, (value) => map.set("colour_by", value));
    this.colourMap = choice("Colour map", MAP_NAMES.map((name) => [name, name]), (value) => map.set("colour_map", value));
    this.stretch = choice("Stretch", STRETCHES.map((name) => [name, name]), (value) => map.set("stretch", value));
    this.choices.replaceChildren(this.colourBy, this.colourMap, this.stretch);
  }

  update() {
    const { map } = this;
    for (const one of this.modes) one.setAttribute("aria-pressed", String(one.dataset.do === map.mode));
    for (const one of this.hows) one.setAttribute("aria-pressed", String(one.dataset.how === map.how));
    this.labels.setAttribute("aria-pressed", String(map.showsLabels));
    const canSelect = Boolean(map.meta?.can_select);
    for (const one of [...this.modes.slice(1), ...this.hows, ...this.acts]) one.disabled = !canSelect;
    for (const one of this.acts.slice(2)) one.disabled = !canSelect || !map.selected.n;
    if (!this.colourBy) return;
    this.colourBy.value = map.settings.get("colour_by");
    this.colourMap.value = map.settings.get("colour_map");
    this.stretch.value = map.settings.get("stretch");
    this.colourMap.disabled = Boolean(map.channel?.labels);
  }
}

const group = (...children) => element("div", { class: "ak-group" }, ...children);

const HELP = [
  ["drag, arrows", "move"],
  ["wheel, pinch, + −", "zoom"],
  ["double click", "zoom in; with Shift: out"],
  ["0", "show everything"],
  ["l, b", "lasso, box; by keyboard: arrows, Space, Enter"],
  ["h", "how the next gesture combines: new, or, and, minus"],
  ["u, r", "undo, redo"],
  ["v, x", "invert, clear the selection"],
  ["c, m, s", "colour by, colour map, stretch"],
  ["i, click on a class", "see one class alone"],
  ["p, double click on it", "select it"],
  ["t", "names on or off"],
  ["Enter", "what is at the centre, or at the crosshair"],
  ["Esc", "back to panning"],
];

export class Help {
  constructor(onclose) {
    const rows = HELP.flatMap(([keys, meaning]) => [element("dt", {}, keys), element("dd", {}, meaning)]);
    this.root = element(
      "dialog", { class: "ak-help", "aria-label": "Help" },
      element("div", { class: "ak-help-heading" }, "The map, by mouse and by keyboard"), element("dl", {}, ...rows),
      element("button", { type: "button", class: "ak-close", onclick: () => this.root.close() }, "Close"),
    );
    this.root.addEventListener("close", onclose);
  }

  open() {
    if (!this.root.open) this.root.showModal();
  }
}

// What is under the pointer: a count, and the row of the nearest source.
export class Card {
  constructor() {
    this.root = element("div", { class: "ak-card", role: "tooltip", hidden: true });
  }

  show(heading, cells, [x, y], [width, height]) {
    const rows = cells.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]);
    this.root.replaceChildren(element("div", { class: "ak-card-heading" }, heading), ...(rows.length ? [element("dl", {}, ...rows)] : []));
    this.root.hidden = false;
    const box = this.root.getBoundingClientRect();
    const left = x + 16 + box.width > width ? x - 16 - box.width : x + 16;
    const top = Math.min(Math.max(y + 12, 6), height - box.height - 6);
    this.root.style.transform = `translate(${Math.max(left, 6)}px, ${Math.max(top, 6)}px)`;
  }

  hide() {
    this.root.hidden = true;
  }
}
