// Pointers, wheel and keys become the few things that a map can do.

import { at, clamped, moved, zoomed } from "./geometry.js";

const PASSING = 350; // ms: a wheel that came here while scrolling the page goes on scrolling the page
const NUDGE = 10; // pixels that a crosshair moves for a key
const SAME_TAP = 320; // ms between the taps of a double tap

let lastScroll = 0; // of the page, elsewhere than on a map

// Wheel, drag, pinch, double click. `map` has view, setView(view, isMoving), glide(view), mode, shape(points, isDone).
export class Pointers {
  constructor(stage, map) {
    this.stage = stage;
    this.map = map;
    this.down = new Map();
    this.listeners = new AbortController();
    const on = (target, name, heard, passive = true) =>
      target.addEventListener(name, heard, { signal: this.listeners.signal, passive });
    on(stage, "wheel", (event) => this.onWheel(event), false);
    on(window, "wheel", (event) => stage.contains(event.target) || (lastScroll = event.timeStamp));
    on(stage, "pointerdown", (event) => this.onDown(event));
    on(stage, "pointermove", (event) => this.onMove(event));
    for (const name of ["pointerup", "pointercancel"]) on(stage, name, (event) => this.onUp(event));
    on(stage, "pointerleave", () => this.map.hover(null));
    on(stage, "dblclick", (event) => this.onDouble(event), false);
  }

  stop() {
    this.listeners.abort();
  }

  share(event) {
    const box = this.stage.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, 1 - (event.clientY - box.top) / box.height];
  }

  onWheel(event) {
    if (event.timeStamp - lastScroll < PASSING && !event.ctrlKey) {
      lastScroll = event.timeStamp;
      return;
    }
    event.preventDefault();
    const lines = [1, 16, 400][event.deltaMode];
    // A pinch on a touchpad comes as a wheel with ctrl and small steps.
    const factor = Math.exp(Math.min(Math.max(event.deltaY * lines, -240), 240) * (event.ctrlKey ? 0.01 : 0.0016));
    this.map.setView(zoomed(this.map.view, factor, ...this.share(event)), true);
  }

  onDown(event) {
    if (event.button > 0) return;
    this.stage.setPointerCapture(event.pointerId);
    this.down.set(event.pointerId, this.share(event));
    this.map.hover(null);
    const isDrawing = this.map.mode !== "pan" && this.down.size === 1 && !event.altKey;
    this.drawn = isDrawing ? [this.place(event)] : null;
    if (this.down.size > 1) this.map.shape(null);
    this.moved = 0;
  }

  place(event) {
    return at(this.map.view, ...this.share(event));
  }

  onMove(event) {
    if (!this.down.has(event.pointerId)) {
      if (event.pointerType !== "touch") this.map.hover(this.share(event));
      return;
    }
    const here = this.share(event);
    const before = this.down.get(event.pointerId);
    this.moved += Math.hypot(here[0] - before[0], here[1] - before[1]);
    if (this.down.size === 2) this.pinch(event.pointerId, before, here);
    else if (this.drawn) this.draw(event);
    else this.map.setView(moved(this.map.view, before[0] - here[0], before[1] - here[1]), true);
    this.down.set(event.pointerId, here);
  }

  pinch(id, before, here) {
    const [other] = [...this.down].find(([key]) => key !== id).slice(1);
    const distance = ([u, v]) => Math.hypot((u - other[0]) * this.stage.clientWidth, (v - other[1]) * this.stage.clientHeight);
    const middle = ([u, v]) => [(u + other[0]) / 2, (v + other[1]) / 2];
    const [old, now] = [middle(before), middle(here)];
    const panned = moved(this.map.view, old[0] - now[0], old[1] - now[1]);
    this.map.setView(zoomed(panned, Math.max(distance(before), 1) / Math.max(distance(here), 1), ...now), true);
  }

  draw(event) {
    if (this.map.mode === "box") this.drawn = corners(this.drawn[0], this.place(event));
    else for (const one of event.getCoalescedEvents?.() ?? [event]) this.drawn.push(this.place(one));
    this.map.shape(this.drawn, false);
  }

  onUp(event) {
    if (!this.down.delete(event.pointerId)) return;
    if (!this.down.size) this.map.land();
    const isTap = this.moved < 0.006;
    if (this.drawn && !isTap && event.type === "pointerup") this.map.shape(this.drawn, true);
    else if (this.drawn) this.map.shape(null);
    else if (isTap && event.pointerType === "touch") this.onTap(event);
    this.drawn = null;
  }

  onTap(event) {
    const isSecond = event.timeStamp - (this.tapped ?? -1e9) < SAME_TAP;
    this.tapped = event.timeStamp;
    if (isSecond) this.onDouble(event);
    else this.map.hover(this.share(event));
  }

  onDouble(event) {
    event.preventDefault();
    if (event.type === "dblclick" && event.pointerType === "touch") return;
    this.map.glide(zoomed(this.map.view, event.shiftKey ? 2.5 : 0.4, ...this.share(event)));
  }
}

export const corners = ([a, b], [c, d]) => [[a, b], [c, b], [c, d], [a, d]];

export const isPlain = (event) =>
  !(event.ctrlKey || event.metaKey || event.altKey || (event.shiftKey && event.key === "Enter"));

// Keys on the map. While a lasso or a box is drawn by keyboard, arrows move a crosshair instead of the map.
export class Keys {
  constructor(map) {
    this.map = map;
    this.cross = null;
    this.points = [];
  }

  // Returns whether the key meant something.
  press(event) {
    if (!isPlain(event)) return false;
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    if (steps[event.key]) return this.step(steps[event.key], event.shiftKey);
    if (this.cross && this.draw(event.key)) return true;
    return this.command(event.key);
  }

  step([du, dv], isLarge) {
    const { map } = this;
    if (!this.cross) {
      const share = isLarge ? 0.5 : 0.12;
      map.glide(clamped(moved(map.aim, share * du, share * dv), map.home), 130);
      return true;
    }
    const pixels = isLarge ? 5 * NUDGE : NUDGE;
    const next = [this.cross[0] + (du * pixels) / map.width, this.cross[1] + (dv * pixels) / map.height];
    this.cross = next.map((share) => Math.min(Math.max(share, 0), 1));
    this.show();
    return true;
  }

  begin(mode) {
    this.map.setMode(mode);
    this.cross = mode === "pan" ? null : [0.5, 0.5];
    this.points = [];
    if (this.cross) this.map.say(mode === "box" ? "Box: move with arrows, Space sets a corner, Enter the opposite one, Esc ends."
      : "Lasso: move with arrows, Space sets a vertex, Enter closes, Esc ends.");
    this.show();
  }

  end() {
    [this.cross, this.points] = [null, []];
    this.show();
  }

  here() {
    return at(this.map.view, ...this.cross);
  }

  show() {
    this.map.crosshair = this.cross && this.here();
    const open = this.cross && this.points.length ? [...this.points, this.here()] : null;
    const isBox = this.map.mode === "box" && open;
    this.map.shape(isBox ? corners(open[0], open[open.length - 1]) : open, false);
  }

  draw(key) {
    if (key === " ") this.points.push(this.here());
    else if (key === "Backspace") this.points.pop();
    else if (key === "Enter") this.close();
    else if (key === "Escape") this.begin("pan");
    else return false;
    if (this.cross) this.show();
    return true;
  }

  close() {
    const [first] = this.points;
    const points = this.map.mode === "box" && first ? corners(first, this.here()) : [...this.points];
    if (points.length < 3) {
      this.map.say("Set corners with Space first.");
      return;
    }
    this.points = [];
    this.map.shape(points, true);
  }

  command(key) {
    const { map } = this;
    const commands = {
      "+": () => map.zoom(0.6),
      "=": () => map.zoom(0.6),
      "-": () => map.zoom(1 / 0.6),
      0: () => map.glide(map.home),
      l: () => this.begin(map.mode === "lasso" ? "pan" : "lasso"),
      b: () => this.begin(map.mode === "box" ? "pan" : "box"),
      h: () => map.nextHow(),
      u: () => map.act("undo"),
      r: () => map.act("redo"),
      v: () => map.act("invert"),
      x: () => map.act("clear"),
      c: () => map.nextChannel(),
      m: () => map.nextMap(),
      s: () => map.nextStretch(),
      i: () => map.nextClass(),
      p: () => map.pickClasses(),
      t: () => map.toggleLabels(),
      Enter: () => map.look(),
      "?": () => map.help(),
      Escape: () => map.escape(),
    };
    if (!Object.hasOwn(commands, key)) return false;
    commands[key]();
    return true;
  }
}
