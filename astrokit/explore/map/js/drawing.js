// Drawing: the last picture where it belongs in the present view, the overview around and below it, the minimap.

import { dotRadius } from "./frame.js";
import { heightOf, shareOf, widthOf } from "./geometry.js";
import { drawOverlay, pixelOf } from "./overlay.js";
import { paint, topOf } from "./paint.js";

// The part of the map that draws. It reads view, frame, overview, settings and theme of the whole.
export class Drawing {
  style(frame = this.frame) {
    const { channel } = this;
    const get = (name) => this.settings.get(name);
    const part = channel?.labels ? "categories" : "mean";
    const by = channel && frame && this.has(frame, part) ? { categories: "category", mean: "value" }[part] : "density";
    return {
      by, map: get("colour_map"), stretch: get("stretch"), theme: this.theme, isolated: this.isolatedLayers(),
      top: this.top ?? 1, hasSelection: this.selected.n > 0 && Boolean(frame?.planes.members),
    };
  }

  // The scale follows the picture: at once when still, softly on the way, so that nothing flashes.
  aimTop(top, coarse) {
    this.goal = top;
    if (!this.top) this.top = top;
    this.top = coarse ? Math.sqrt(this.top * top) : this.top;
    cancelAnimationFrame(this.fading);
    const fade = () => {
      if (Math.abs(Math.log(this.top / this.goal)) < 0.02) this.top = this.goal;
      else this.top *= (this.goal / this.top) ** 0.35;
      this.repaint();
      if (this.top !== this.goal) this.fading = requestAnimationFrame(fade);
    };
    if (!coarse && this.top !== this.goal) this.fading = requestAnimationFrame(fade);
  }

  repaint() {
    if (!this.frame) return;
    paint(this.frame, this.style(), this.frameCanvas);
    this.legend.update();
    this.repaintOverview();
    this.draw();
  }

  repaintOverview() {
    if (!this.overview) return;
    const style = { ...this.style(this.overview), top: topOf(this.overview) };
    const key = JSON.stringify([style, [...(style.isolated ?? [])], this.overview.request.id, this.overview.request.version]);
    if (key === this.overviewKey) return;
    this.overviewKey = key;
    paint(this.overview, style, this.overviewCanvas);
  }

  drawSoon() {
    this.drawing ??= requestAnimationFrame(() => {
      this.drawing = null;
      this.draw();
    });
  }

  draw() {
    if (!this.view || !this.width) return;
    const context = this.canvas.getContext("2d");
    context.setTransform(this.density, 0, 0, this.density, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    if (this.overview) this.drawUnder(context);
    if (this.frame) this.drawLayer(context, this.frame, this.frameCanvas);
    this.drawOver();
    this.drawMinimap();
  }

  // The overview fills what the last picture does not reach, while it is moved or made smaller.
  drawUnder(context) {
    context.save();
    if (this.frame) {
      const [left, top, width, height] = this.rectOf(this.frame.extent);
      context.beginPath();
      context.rect(0, 0, this.width, this.height);
      context.rect(left, top, width, height);
      context.clip("evenodd");
    }
    this.drawLayer(context, this.overview, this.overviewCanvas);
    context.restore();
  }

  rectOf([x0, x1, y0, y1]) {
    const [u0, v0] = shareOf(this.view, x0, y0);
    const [u1, v1] = shareOf(this.view, x1, y1);
    return [u0 * this.width, (1 - v1) * this.height, (u1 - u0) * this.width, (v1 - v0) * this.height];
  }

  // Only the part that is in view, or a deep zoom would ask for a canvas as large as a town.
  drawLayer(context, frame, canvas) {
    if (frame === this.frame && frame.dots) return this.drawDots(context, frame);
    const [x0, x1, y0, y1] = frame.extent;
    const [cellX, cellY] = [(x1 - x0) / frame.nx, (y1 - y0) / frame.ny];
    const left = Math.max(0, Math.floor((this.view[0] - x0) / cellX) - 1);
    const right = Math.min(frame.nx, Math.ceil((this.view[1] - x0) / cellX) + 1);
    const low = Math.max(0, Math.floor((this.view[2] - y0) / cellY) - 1);
    const high = Math.min(frame.ny, Math.ceil((this.view[3] - y0) / cellY) + 1);
    if (left >= right || low >= high) return;
    const rect = this.rectOf([x0 + left * cellX, x0 + right * cellX, y0 + low * cellY, y0 + high * cellY]);
    context.imageSmoothingEnabled = true;
    context.drawImage(canvas, left, frame.ny - high, right - left, high - low, ...rect);
  }

  drawDots(context, frame) {
    const radius = dotRadius(frame.filled);
    for (const [colour, places] of frame.dots) {
      context.fillStyle = colour;
      context.beginPath();
      for (const place of places) {
        const [x, y] = pixelOf(this, place);
        context.moveTo(x + radius, y);
        context.arc(x, y, radius, 0, 2 * Math.PI);
      }
      context.fill();
    }
  }

  drawOver() {
    const context = this.overlay.getContext("2d");
    context.setTransform(this.density, 0, 0, this.density, 0, 0);
    const { view, width, height, theme, font, outline, crosshair, ring } = this;
    drawOverlay(context, { view, width, height, theme, font, labels: this.labels(), outline, crosshair, ring });
  }

  drawMinimap() {
    const isZoomed = widthOf(this.view) < 0.75 * widthOf(this.home) || heightOf(this.view) < 0.75 * heightOf(this.home);
    this.minimap.hidden = !this.overview || !isZoomed;
    if (this.minimap.hidden) return;
    const width = this.width < 520 ? 84 : 132;
    const height = Math.round((width * this.height) / this.width);
    const context = this.minimap.getContext("2d");
    [this.minimap.width, this.minimap.height] = [width * this.density, height * this.density];
    [this.minimap.style.width, this.minimap.style.height] = [`${width}px`, `${height}px`];
    context.scale(this.density, this.density);
    context.drawImage(this.overviewCanvas, 0, 0, width, height);
    const [u0, v0] = shareOf(this.home, this.view[0], this.view[2]);
    const [u1, v1] = shareOf(this.home, this.view[1], this.view[3]);
    const [boxWidth, boxHeight] = [Math.max((u1 - u0) * width, 5), Math.max((v1 - v0) * height, 5)];
    const [x, y] = [((u0 + u1) * width - boxWidth) / 2, height - ((v0 + v1) * height + boxHeight) / 2];
    context.lineWidth = 1.5;
    context.strokeStyle = this.theme === "dark" ? "#fff" : "#111827";
    context.strokeRect(x, y, boxWidth, boxHeight);
  }

  labels() {
    if (!this.showsLabels || !this.meta) return [];
    const { channel } = this;
    if (this.meta.labels.length || !channel?.labels) return sorted(this.meta.labels);
    const isolated = this.settings.get("isolated").filter((label) => channel.labels.includes(label));
    return sorted(channel.centres.filter(({ text }) => !isolated.length || isolated.includes(text)));
  }
}

const sorted = (labels) => [...labels].sort((a, b) => b.n - a.n);
