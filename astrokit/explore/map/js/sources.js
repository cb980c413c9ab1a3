// Where frames come from: a live kernel, or the overview that is saved in a page.

import { decoded } from "./frame.js";

const PATIENCE = 6000; // ms until the reader is told that the kernel is slow
const GIVE_UP = 30000;

// At most `depth` requests in flight; of those that wait, the latest wins; the picture is the acknowledgement. Two where
// the kernel is quick, since the time is then that of the way; one where it works, so that it never works for nothing.
export class KernelSource {
  constructor(model) {
    this.model = model;
    this.client = Math.random().toString(36).slice(2, 12);
    this.id = 0;
    this.depth = 1;
    this.waiting = new Map(); // by lane: "view" before "overview"
    this.flying = new Map(); // by id, in the order in which they left
    this.seen = new Map(); // by lane: the id of the latest picture, so that a late one comes not over it
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

  ask(lane, request) {
    this.waiting.set(lane, request);
    this.next();
  }

  // The request of a lane that left last and is not answered.
  onItsWay(lane) {
    return [...this.flying.values()].findLast((one) => one.lane === lane);
  }

  // What waits in a lane is not wanted any more.
  drop(lane) {
    this.waiting.delete(lane);
  }

  next() {
    if (this.flying.size >= this.depth) return;
    const lane = ["view", "overview"].find((name) => this.waiting.has(name));
    if (!lane) return;
    const request = { ...this.waiting.get(lane), lane, id: ++this.id, sent: performance.now() };
    this.waiting.delete(lane);
    this.heard.asking(true);
    this.flying.set(request.id, request);
    const { id, view, width, height, coarse, channel, parts } = request;
    this.send({ kind: "frame", id, view, width, height, coarse, channel, parts });
    this.watch(request);
  }

  watch(request) {
    request.timer = setTimeout(() => {
      this.heard.slow();
      request.timer = setTimeout(() => this.landed(request.id), GIVE_UP - PATIENCE);
    }, PATIENCE);
  }

  landed(id) {
    clearTimeout(this.flying.get(id)?.timer);
    this.flying.delete(id);
    this.next();
    if (!this.flying.size) this.heard.asking(false);
  }

  async onMessage(content, buffers) {
    if (content.client && content.client !== this.client) return;
    if (content.kind === "frame") return this.onFrame(content, buffers);
    if (content.kind === "error" && this.flying.has(content.id)) this.landed(content.id);
    this.heard[content.kind]?.(content);
  }

  async onFrame(content, buffers) {
    const request = this.flying.get(content.id);
    if (!request) return;
    const bytes = new Uint8Array(buffers[0].buffer ?? buffers[0], buffers[0].byteOffset ?? 0, buffers[0].byteLength);
    try {
      const began = performance.now();
      const frame = await decoded(content, bytes);
      const decode_ms = performance.now() - began;
      if (content.id < (this.seen.get(request.lane) ?? 0)) return;
      this.seen.set(request.lane, content.id);
      this.heard.frame(frame, { ...request, bytes: bytes.length, kernel_ms: content.kernel_ms, decode_ms });
    } finally {
      this.landed(content.id);
    }
  }

  stop() {
    for (const { timer } of this.flying.values()) clearTimeout(timer);
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
