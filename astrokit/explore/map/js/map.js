// The map itself: what is seen, what is asked for, what is said.

import { Asking } from "./asking.js";
import { MAP_NAMES, STRETCHES } from "./colour.js";
import { element } from "./element.js";
import { cellAt } from "./frame.js";
import { approximate, at, between, centred, clamped, isSame, whole, zoomed } from "./geometry.js";
import { isPlain, Keys, Pointers } from "./gestures.js";
import { Legend } from "./legend.js";
import { countAt } from "./paint.js";
import { ModelSettings, PlainSettings } from "./settings.js";
import { KernelSource, SavedSource } from "./sources.js";
import { Card, Help, HOWS, Toolbar } from "./toolbar.js";

const STILL = 40; // ms without movement after which the full picture is asked for
const SAVE = 200; // ms after that until the kernel hears where the view is: the picture comes first
const MOST_VERTICES = 4000;
const QUIET_START = 4000; // ms without a first word from the kernel

class MapView extends Asking {
  constructor(host, source, settings) {
    super();
    this.source = source;
    this.settings = settings;
    [this.mode, this.how, this.showsLabels] = ["pan", "new", true];
    this.selected = { n: 0, clusters: null };
    this.version = 0; // of the selection
    [this.outline, this.crosshair, this.ring] = [null, null, null];
    [this.frameCanvas, this.overviewCanvas] = [document.createElement("canvas"), document.createElement("canvas")];
    this.build(host);
    this.keys = new Keys(this);
    this.pointers = new Pointers(this.stage, this);
    this.listen();
    this.followTheme();
    this.resize();
    source.start({
      meta: (content) => this.onMeta(content),
      frame: (frame, request) => this.onFrame(frame, request),
      selection: (content) => this.onSelection(content),
      row: (content) => this.onRow(content),
      error: (content) => this.complain(content.text),
      asking: (isAsking) => (this.root.dataset.asking = String(isAsking)),
      slow: () => this.say("The kernel is busy; the map goes on when it answers."),
    });
    this.timer = setTimeout(() => this.meta || this.complain("No kernel answers. Run the cell again to bring the map to life."), QUIET_START);
  }

  // --- elements -----------------------------------------------------------------------------------------

  build(host) {
    this.canvas = element("canvas", { class: "ak-picture", "aria-hidden": "true" });
    this.overlay = element("canvas", { class: "ak-overlay", "aria-hidden": "true" });
    this.minimap = element("canvas", { class: "ak-minimap", "aria-hidden": "true", hidden: true });
    this.card = new Card();
    this.legend = new Legend(this);
    this.toolbar = new Toolbar(this);
    this.helpBox = new Help(() => this.stage.focus());
    this.stage = element(
      "div",
      { class: "ak-stage", tabindex: 0, role: "application", "aria-roledescription": "map", "aria-label": "Map" },
      this.canvas, this.overlay, this.minimap, this.card.root,
    );
    this.stage.style.height = `${this.settings.get("height")}px`;
    this.status = element("div", { class: "ak-status", role: "status", "aria-live": "polite" });
    this.note = element("div", { class: "ak-saved", hidden: true });
    this.error = element("div", { class: "ak-error", role: "alert", hidden: true });
    this.heading = element("div", { class: "ak-title" });
    this.root = element(
      "div", { class: "ak-map" },
      element("div", { class: "ak-head" }, this.heading, this.toolbar.root),
      element("div", { class: "ak-body" }, this.stage, this.legend.root),
      element("div", { class: "ak-foot" }, this.toolbar.choices, this.status), this.note, this.error,
      this.helpBox.root,
    );
    this.root.style.width = this.settings.get("width");
    host.append(this.root);
    this.font = getComputedStyle(this.root).fontFamily;
    this.showTitle();
  }

  showTitle() {
    const title = this.settings.get("title");
    this.heading.textContent = title;
    this.heading.title = title;
    this.stage.setAttribute("aria-label", `${title || "Map"}. Arrows move, plus and minus zoom, ? helps.`);
  }

  listen() {
    this.root.addEventListener("keydown", (event) => {
      if (event.target !== this.stage) return;
      if (!this.keys.press(event)) return;
      event.preventDefault();
      event.stopPropagation();
    });
    // JupyterLab hears keys first: its own one-letter shortcuts rest while the map has the focus, others work.
    this.freeKeys = (event) => this.root.toggleAttribute("data-lm-suppress-shortcuts", isPlain(event));
    window.addEventListener("keydown", this.freeKeys, true);
    this.stage.addEventListener("blur", () => this.keys.cross || this.hover(null));
    for (const name of ["pointerdown", "pointermove"])
      this.minimap.addEventListener(name, (event) => this.onMinimap(event));
    this.sizes = new ResizeObserver(() => this.resize());
    this.sizes.observe(this.stage);
    this.settings.onChange((name) => this.onSetting(name));
  }

  followTheme() {
    const theme = () => {
      const lab = document.body.dataset.jpThemeLight;
      const isDark = lab ? lab === "false" : matchMedia("(prefers-color-scheme: dark)").matches;
      if (this.theme === (isDark ? "dark" : "light")) return;
      this.theme = isDark ? "dark" : "light";
      this.root.dataset.theme = this.theme;
      this.repaint();
    };
    this.themes = new MutationObserver(theme);
    this.themes.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light"] });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", theme);
    theme();
  }

  resize() {
    const [width, height] = [this.stage.clientWidth, this.stage.clientHeight];
    if (!width || !height) return;
    [this.width, this.height] = [width, height];
    this.density = Math.min(window.devicePixelRatio || 1, 2);
    for (const canvas of [this.canvas, this.overlay]) {
      canvas.width = Math.round(width * this.density);
      canvas.height = Math.round(height * this.density);
    }
    if (!this.meta) return;
    this.draw();
    this.want(false);
  }

  stop() {
    clearTimeout(this.timer);
    clearTimeout(this.still);
    clearTimeout(this.saving);
    cancelAnimationFrame(this.gliding);
    cancelAnimationFrame(this.fading);
    window.removeEventListener("keydown", this.freeKeys, true);
    this.pointers.stop();
    this.sizes.disconnect();
    this.themes.disconnect();
    this.source.stop();
  }

  // --- what comes from the source -----------------------------------------------------------------------

  onMeta(meta) {
    const isFirst = !this.meta;
    this.meta = meta;
    this.home = meta.home;
    if (isFirst) {
      const saved = this.settings.get("view");
      this.view = this.aim = saved.length === 4 ? saved : this.home;
      this.complain(null);
    }
    this.frame = null;
    this.note.textContent = meta.note ?? "";
    this.note.hidden = !meta.note;
    this.toolbar.fill();
    this.sayCounts();
    this.update();
    this.want(false);
    this.wantOverview();
  }

  onSelection({ version, ...selected }) {
    this.selected = selected;
    this.sayCounts();
    if (version === this.version) {
      if (this.meta) this.legend.update();
      return;
    }
    this.version = version;
    if (!this.expecting) this.outline = null;
    this.expecting = false;
    this.update();
    if (!this.meta) return;
    this.want(false);
    this.repaint();
    this.wantOverview();
  }

  onSetting(name) {
    if (name === "title") this.showTitle();
    if (name === "height") this.stage.style.height = `${this.settings.get("height")}px`;
    if (name === "width") this.root.style.width = this.settings.get("width");
    if (!this.meta) return;
    const view = this.settings.get("view");
    if (name === "view" && !isSame(view, this.saved)) this.glide(view.length === 4 ? view : this.home);
    if (name === "colour_by") {
      this.want(false);
      this.wantOverview();
    }
    if (name !== "view") this.repaint();
    this.update();
  }

  // --- moving -------------------------------------------------------------------------------------------

  setView(view, isMoving) {
    if (!this.meta) return;
    cancelAnimationFrame(this.gliding);
    this.aim = this.view = clamped(view, this.home);
    this.go(isMoving);
  }

  go(isMoving) {
    this.root.dataset.moving = String(isMoving);
    if (this.pointer) this.hover(null);
    this.drawSoon();
    this.want(isMoving && !this.isQuick);
    clearTimeout(this.still);
    clearTimeout(this.saving);
    if (isMoving) this.still = setTimeout(() => this.rest(), STILL);
  }

  // The hand is off: what it left is wanted at once.
  land() {
    if (this.root.dataset.moving !== "true") return;
    clearTimeout(this.still);
    this.rest();
  }

  rest() {
    this.root.dataset.moving = "false";
    this.want(false);
    this.saving = setTimeout(() => this.saveView(), SAVE);
  }

  saveView() {
    this.saved = [...this.view];
    this.settings.save("view", this.saved);
  }

  glide(view, duration = 240) {
    if (!this.meta) return;
    cancelAnimationFrame(this.gliding);
    this.aim = clamped(view, this.home);
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return this.setView(this.aim, true);
    const [from, to, began] = [this.view, this.aim, performance.now()];
    const step = (now) => {
      const share = Math.min(Math.max((now - began) / duration, 0), 1);
      const eased = 1 - (1 - share) ** 3;
      this.view = share < 1 ? between(from, to, eased) : to;
      this.go(true);
      if (share < 1) this.gliding = requestAnimationFrame(step);
    };
    this.gliding = requestAnimationFrame(step);
  }

  zoom(factor) {
    if (this.meta) this.glide(zoomed(this.aim, factor));
  }

  onMinimap(event) {
    event.stopPropagation();
    if (!event.buttons) return;
    const box = this.minimap.getBoundingClientRect();
    const place = at(this.home, (event.clientX - box.left) / box.width, 1 - (event.clientY - box.top) / box.height);
    this.setView(centred(this.view, ...place), true);
  }

  // --- choices ------------------------------------------------------------------------------------------

  set(name, value) {
    this.settings.save(name, value);
    this.onSetting(name);
  }

  next(name, values) {
    const value = values[(values.indexOf(this.settings.get(name)) + 1) % values.length];
    this.set(name, value);
    this.say(`${{ colour_by: "Coloured by", colour_map: "Colour map", stretch: "Stretch" }[name]}: ${value}`);
  }

  nextMap() {
    this.next("colour_map", MAP_NAMES);
  }

  nextStretch() {
    this.next("stretch", STRETCHES);
  }

  nextChannel() {
    if (this.meta) this.next("colour_by", ["density", ...this.meta.channels.map(({ name }) => name)]);
  }

  isolatedLayers() {
    const labels = this.channel?.labels;
    const found = labels ? this.settings.get("isolated").map((label) => labels.indexOf(label)).filter((k) => k >= 0) : [];
    return found.length ? new Set(found) : null;
  }

  isolate(label, isAdded) {
    const now = this.settings.get("isolated").filter((one) => this.channel.labels.includes(one));
    const others = now.filter((one) => one !== label);
    const isIn = others.length < now.length;
    if (isAdded) this.set("isolated", isIn ? others : [...now, label]);
    else this.set("isolated", isIn && !others.length ? [] : [label]);
    const shown = this.settings.get("isolated");
    this.say(shown.length ? `Alone: ${shown.join(", ")}` : "All classes");
  }

  nextClass() {
    const { channel } = this;
    if (!channel?.labels) return this.say("Colour by a class first (c).");
    const [label] = this.settings.get("isolated");
    const k = channel.labels.indexOf(label) + 1;
    this.set("isolated", k < channel.labels.length ? [channel.labels[k]] : []);
    this.say(k < channel.labels.length ? `Alone: ${channel.labels[k]}` : "All classes");
  }

  pickClass(label) {
    if (this.meta.can_select) this.source.send({ kind: "category", channel: this.channel.name, labels: [label], how: this.how });
  }

  pickClasses() {
    const labels = this.isolatedLayers() ? this.settings.get("isolated").filter((one) => this.channel.labels.includes(one)) : [];
    if (!labels.length) return this.say("See a class alone first (i).");
    if (this.meta.can_select) this.source.send({ kind: "category", channel: this.channel.name, labels, how: this.how });
  }

  toggleLabels() {
    this.showsLabels = !this.showsLabels;
    this.update();
    this.draw();
  }

  setMode(mode) {
    if (mode !== "pan" && !this.meta?.can_select) return this.say("Selecting needs a live kernel with its index.");
    this.keys.end();
    this.mode = mode;
    this.stage.dataset.mode = mode;
    this.update();
  }

  setHow(how) {
    this.how = how;
    this.update();
    this.say(`The next gesture: ${how}`);
  }

  nextHow() {
    const names = HOWS.map(([name]) => name);
    this.setHow(names[(names.indexOf(this.how) + 1) % names.length]);
  }

  act(action) {
    if (this.meta?.can_select) this.source.send({ kind: "act", action });
  }

  escape() {
    if (this.mode !== "pan") return this.setMode("pan");
    if (this.isolatedLayers()) return this.set("isolated", []);
    this.outline = null;
    this.hover(null);
    this.draw();
  }

  update() {
    this.toolbar.update();
    if (this.meta) this.legend.update();
    if (this.view) this.drawSoon();
  }

  help() {
    this.helpBox.open();
  }

  // --- selecting ----------------------------------------------------------------------------------------

  // A polygon in data units, while it is drawn or done; null for none.
  shape(points, isDone) {
    if (!points?.length) this.outline = this.expecting ? this.outline : null;
    else this.outline = { points, isClosed: isDone || this.mode === "box" };
    this.drawSoon();
    if (!isDone || points.length < 3) return;
    this.expecting = true;
    if (this.mode === "box") {
      const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
      const box = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
      return this.source.send({ kind: "box", box, how: this.how });
    }
    const step = Math.ceil(points.length / MOST_VERTICES);
    this.source.send({ kind: "lasso", polygon: points.filter((_, k) => k % step === 0), how: this.how });
  }

  // --- words --------------------------------------------------------------------------------------------

  say(text) {
    this.status.textContent = text;
    clearTimeout(this.saying);
    this.saying = setTimeout(() => this.sayCounts(), 4000);
  }

  sayCounts() {
    if (!this.meta) return;
    const { n, clusters } = this.selected;
    const total = whole(this.meta.n_points);
    const dropped = this.meta.n_dropped ? `, ${whole(this.meta.n_dropped)} more without coordinates` : "";
    const parts = clusters == null ? "" : `, ${clusters} cluster${clusters === 1 ? "" : "s"}`;
    this.status.textContent = n ? `${whole(n)} selected of ${total}${parts}` : `${total} sources${dropped}`;
  }

  complain(text) {
    this.error.textContent = text ?? "";
    this.error.hidden = !text;
    this.expecting = false;
    clearTimeout(this.complaining);
    if (text && this.meta) this.complaining = setTimeout(() => this.complain(null), 12000);
  }

  // --- what is here -------------------------------------------------------------------------------------

  hover(share) {
    clearTimeout(this.hovering);
    this.pointer = share;
    if (!share || this.root.dataset.moving === "true") {
      this.card.hide();
      this.ring = null;
      this.hoverId = null;
      if (this.view) this.drawSoon();
      return;
    }
    this.hovering = setTimeout(() => this.askRow(share), 35);
  }

  look() {
    this.hover(this.keys.cross ?? [0.5, 0.5]);
  }

  askRow(share) {
    if (!this.frame) return;
    const place = at(this.view, ...share);
    if (!this.source.isLive) return this.onRow({ id: null, row: null, place });
    this.hoverId = (this.hoverId ?? Math.floor(performance.now())) + 1;
    const [width, height] = [Math.round(this.width), Math.round(this.height)];
    this.source.send({ kind: "hover", id: this.hoverId, at: place, view: [...this.view], width, height });
  }

  onRow({ id, row, at: where, cells = [] }) {
    if (id !== this.hoverId && id !== null) return;
    if (!this.pointer || !this.frame) return;
    const cell = cellAt(this.frame, ...at(this.view, ...this.pointer));
    const n = cell >= 0 ? countAt(this.frame, cell) : 0;
    this.ring = where ?? null;
    this.drawSoon();
    if (row === null && !n) return this.card.hide();
    const here = n ? `${approximate(n, this.frame.planes.counts.error)} in this cell` : "";
    const heading = row === null ? here : [`row ${whole(row)}`, here].filter(Boolean).join(" · ");
    const [u, v] = this.pointer;
    this.card.show(heading, cells, [u * this.width, (1 - v) * this.height], [this.width, this.height]);
    if (this.keys.cross || document.activeElement === this.stage) this.lastRow = heading;
  }
}

function render({ model, el }) {
  const map = new MapView(el, new KernelSource(model), new ModelSettings(model));
  return () => map.stop();
}

// A page without a kernel.
export function open(host, saved) {
  return new MapView(host, new SavedSource(saved), new PlainSettings(saved.settings));
}

export default { render };
