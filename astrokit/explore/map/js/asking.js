// Asking for pictures: coarse ones on the way, the full one when still, and only the layers that are missing.

import { Drawing } from "./drawing.js";
import { isSame } from "./geometry.js";
import { prepare, topOf } from "./paint.js";

const QUICK = 120; // ms that a full picture takes
const SHARPNESS = 0.75; // cells asked for per pixel; the index answers with this up to twice as many

// The part of the map that asks and receives.
export class Asking extends Drawing {
  get channel() {
    return this.meta?.channels.find(({ name }) => name === this.settings.get("colour_by")) ?? null;
  }

  needed() {
    const { channel } = this;
    return ["counts", channel?.labels ? "categories" : channel ? "mean" : null, this.selected.n ? "members" : null].filter(Boolean);
  }

  has(frame, part) {
    const plane = frame.planes[part];
    if (!plane || part === "counts") return Boolean(plane);
    return part === "members" ? plane.version === this.version : plane.channel === this.channel?.name;
  }

  request(view, scale, coarse) {
    const sharp = SHARPNESS * scale * (this.density ?? 1);
    const [width, height] = [this.width, this.height].map((n) => Math.min(Math.max(Math.round(n * sharp), 16), 4096));
    return { view: [...view], width, height, coarse, channel: this.channel?.name ?? null, version: this.version, parts: this.needed() };
  }

  want(coarse) {
    if (!this.meta || !this.width) return;
    const request = this.request(this.view, 1, coarse);
    if (!coarse && this.frame && this.covers(this.frame.request, request)) {
      request.parts = request.parts.filter((part) => !this.has(this.frame, part));
      if (!request.parts.length) return;
    }
    this.source.depth = this.isQuick ? 2 : 1;
    if (this.isComing(request)) return this.source.drop?.("view");
    this.source.ask("view", request);
  }

  // What is asked for is on its way: a movement ends where its last step was.
  isComing(request) {
    const coming = this.source.onItsWay?.("view");
    if (!coming || !this.covers(coming, request)) return false;
    return ["channel", "version"].every((name) => coming[name] === request[name]) && request.parts.every((part) => coming.parts.includes(part));
  }

  // Where the full picture is quick there is no need of a coarse one on the way.
  get isQuick() {
    return !(this.fullTime >= QUICK);
  }

  wantOverview() {
    if (this.meta && this.width) this.source.ask("overview", this.request(this.home, 0.5, false));
  }

  onFrame(frame, request) {
    const arrived = performance.now();
    for (const plane of Object.values(frame.planes)) Object.assign(plane, { channel: request.channel, version: request.version });
    if (request.lane === "overview") return this.onOverview(frame, request);
    if (!frame.planes.counts && !this.merged(frame, request)) {
      this.frame = null;
      return this.want(false);
    }
    if (frame.planes.counts) {
      prepare(frame, request);
      this.frame = Object.assign(frame, { request });
    }
    if (!request.coarse) this.learnPace(performance.now() - request.sent);
    this.aimTop(topOf(this.frame), this.root.dataset.moving === "true");
    this.repaint();
    this.root.dispatchEvent(new CustomEvent("astrokit-picture", { bubbles: true, detail: {
      id: request.id, ms: performance.now() - request.sent, bytes: request.bytes, coarse: request.coarse, view: request.view,
      kernel_ms: request.kernel_ms, decode_ms: request.decode_ms, paint_ms: performance.now() - arrived,
    } }));
  }

  // How long a full picture takes: the median of the last few, so that one hiccup changes nothing. The first is no
  // measure, since the kernel has just woken; until there is one, pictures count as quick.
  learnPace(ms) {
    this.times = this.times ? [...this.times, ms].slice(-5) : [];
    this.fullTime = [...this.times].sort((a, b) => a - b)[this.times.length >> 1] ?? 0;
  }

  // New layers for the cells that are there already.
  merged(frame, request) {
    const fits = this.frame && this.covers(this.frame.request, request)
      && this.frame.nx === frame.nx && this.frame.ny === frame.ny && isSame(this.frame.extent, frame.extent);
    if (fits) Object.assign(this.frame.planes, frame.planes);
    return fits;
  }

  covers(one, other) {
    return isSame(one.view, other.view) && one.width === other.width && one.height === other.height && one.coarse === other.coarse;
  }

  onOverview(frame, request) {
    prepare(frame, request);
    this.overview = Object.assign(frame, { request });
    this.repaintOverview();
    this.draw();
  }
}
