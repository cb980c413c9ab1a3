// Where frames come from: a live kernel, or the overview that is saved in a page.

import { decoded } from "./frame.js";

const PATIENCE = 6000; // ms until the reader is told that the kernel is slow
const GIVE_UP = 30000;

// One request in flight; of those that wait, the latest wins; the picture is the acknowledgement. Only an urgent one
// does not wait for the picture of another view that is on its way: that one is let pass when it comes.
export class KernelSource {
  constructor(model) {
    this.model = model;
    this.client = Math.random().toString(36).slice(2, 12);
    this.id = 0;
    this.waiting = new Map(); // by lane: "view" before "overview"
    this.isLive = true;
    this.receive = (content, buffers) => this.onMessage(content, buffers);
    model.on("msg:custom", this.receive);
  }

  // heard: {frame, meta, selection, row, error, slow}
  start(heard) {
    this.heard = heard;
    this.send({ kind: "hello" });
  }

  send(content) {
    this.model.send({ client: this.client, ...content });
  }

  ask(lane, request, isUrgent = false) {
    this.waiting.set(lane, request);
    if (isUrgent) this.flying = null;
    this.next();
  }

  next() {
    if (this.flying) return;
    const lane = ["view", "overview"].find((name) => this.waiting.has(name));
    if (!lane) return;
    const request = this.waiting.get(lane);
    this.waiting.delete(lane);
    this.heard.asking(true);
    this.flying = { ...request, lane, id: ++this.id, sent: performance.now() };
    const { view, width, height, coarse, channel, parts } = request;
    this.send({ kind: "frame", id: this.id, view, width, height, coarse, channel, parts });
    this.watch(this.id);
  }

  watch(id) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (this.flying?.id !== id) return;
      this.heard.slow();
      this.timer = setTimeout(() => this.flying?.id === id && this.landed(), GIVE_UP - PATIENCE);
    }, PATIENCE);
  }

  landed() {
    clearTimeout(this.timer);
    this.flying = null;
    this.next();
    if (!this.flying) this.heard.asking(false);
  }

  async onMessage(content, buffers) {
    if (content.client && content.client !== this.client) return;
    if (content.kind === "frame") return this.onFrame(content, buffers);
    if (content.kind === "error" && content.id === this.flying?.id) this.landed();
    this.heard[content.kind]?.(content);
  }

  async onFrame(content, buffers) {
    const request = this.flying;
    if (request?.id !== content.id) return;
    const bytes = new Uint8Array(buffers[0].buffer ?? buffers[0], buffers[0].byteOffset ?? 0, buffers[0].byteLength);
    try {
      const began = performance.now();
      const frame = await decoded(content, bytes);
      const decode_ms = performance.now() - began;
      this.heard.frame(frame, { ...request, bytes: bytes.length, kernel_ms: content.kernel_ms, decode_ms });
    } finally {
      if (this.flying?.id === content.id) this.landed();
    }
  }

  stop() {
    clearTimeout(this.timer);
    this.model.off("msg:custom", this.receive);
  }
}

// saved: {meta, levels: [{nx, ny, extent, planes, packed}], date}; the answer is the coarsest level that is fine enough.
export class SavedSource {
  constructor(saved) {
    this.saved = saved;
    this.frames = new Map();
    this.isLive = false;
  }

  start(heard) {
    this.heard = heard;
    heard.meta(this.saved.meta);
    heard.selection(this.saved.selection);
  }

  async ask(lane, request) {
    const { levels } = this.saved;
    const pixel = (request.view[1] - request.view[0]) / (request.coarse ? request.width / 2 : request.width);
    const cellOf = (level) => (level.extent[1] - level.extent[0]) / level.nx;
    const found = levels.findIndex((level) => cellOf(level) <= pixel);
    const k = found < 0 ? levels.length - 1 : found;
    if (request.coarse && this.shown === k) return; // the picture that is there is moved, that is all
    if (lane === "view") this.shown = k;
    this.latest = { ...this.latest, [lane]: request };
    if (!this.frames.has(k)) this.frames.set(k, unpacked(levels[k]));
    const frame = await this.frames.get(k);
    if (this.latest[lane] !== request) return;
    this.heard.frame({ ...frame, planes: { ...frame.planes } }, { ...request, lane, id: 0, sent: performance.now(), bytes: 0 });
  }

  send() {}
  stop() {}
}

const unpacked = (level) =>
  decoded(level, Uint8Array.from(atob(level.packed), (letter) => letter.charCodeAt(0)));
