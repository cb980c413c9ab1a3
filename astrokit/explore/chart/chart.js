// A Bokeh document in a widget. BokehJS comes from the kernel, once for each page.

function load(bytes) {
  const before = globalThis.Bokeh; // another library of this page may have its own
  const url = URL.createObjectURL(new Blob([bytes], { type: "text/javascript" }));
  const script = document.createElement("script");
  return new Promise((resolve, reject) => {
    script.onload = () => {
      const found = globalThis.Bokeh;
      found.logger.set_level("warn"); // what goes well is not for the reader's console
      if (before) globalThis.Bokeh = before;
      resolve(found);
    };
    script.onerror = () => reject(new Error("BokehJS did not load"));
    script.src = url;
    document.head.append(script);
  }).finally(() => URL.revokeObjectURL(url));
}

function library(model) {
  const known = (globalThis.astrokitBokeh ??= {});
  const version = model.get("bokeh_version");
  known[version] ??= new Promise((resolve) => {
    const receive = (content, buffers) => {
      if (content.kind !== "bokeh") return;
      model.off("msg:custom", receive);
      resolve(load(buffers[0]));
    };
    model.on("msg:custom", receive);
    model.send({ kind: "bokeh" });
  });
  return known[version];
}

function isDark() {
  const lab = document.body.dataset.jpThemeLight;
  return lab ? lab === "false" : matchMedia("(prefers-color-scheme: dark)").matches;
}

// Ink that can be read in the present theme, for all but the data.
function paint(plot) {
  const [ink, line] = isDark() ? ["#e3e5ea", "#454a57"] : ["#23262f", "#d9dce2"];
  for (const part of ["left", "right", "above", "below", "center"].flatMap((place) => plot[place] ?? [])) {
    if (part.type.endsWith("Grid")) part.grid_line_color = line;
    if (part.type === "Legend") part.label_text_color = ink;
    if (part.type.endsWith("Axis"))
      part.setv({ major_label_text_color: ink, axis_label_text_color: ink, axis_line_color: line, major_tick_line_color: line });
  }
  if (plot.title) plot.title.text_color = ink;
}

// A message is one piece of memory: an array of it may begin where no number can.
const copied = ({ buffer, byteOffset, byteLength }) => buffer.slice(byteOffset, byteOffset + byteLength);
const isPlot = (one) => ["Plot", "Figure"].includes(one.type);
class ChartView {
  constructor(model, host, bokeh) {
    Object.assign(this, { model, host, bokeh });
    this.client = Math.random().toString(36).slice(2, 12);
    this.receive = (content, buffers) => this.onMessage(content, buffers);
    model.on("msg:custom", this.receive);
    this.themes = new MutationObserver(() => this.repaint());
    this.themes.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light"] });
    model.send({ kind: "draw", client: this.client });
  }

  get plots() {
    return this.drawn ? this.drawn.roots().flatMap((root) => [...root.references()].filter(isPlot)) : [];
  }

  onMessage(content, buffers) {
    if (content.kind === "draw" && content.client === this.client) this.draw(content.item);
    if (content.kind === "patch" && this.drawn) {
      const arrays = content.arrays.map((name, k) => [name, copied(buffers[k])]);
      this.drawn.apply_json_patch(JSON.parse(content.patch), new Map(arrays));
      this.repaint();
    }
  }

  async draw(item) {
    this.clear();
    this.views = await this.bokeh.embed.embed_item(item, this.host);
    this.drawn = this.views.roots[0].model.document;
    this.plots.forEach((plot) => this.listen(plot));
    this.repaint();
    this.host.dataset.drawn = "true";
  }

  listen(plot) {
    plot.on_event("tap", ({ x, y }) => this.model.send({ kind: "tap", plot: plot.name, x, y }));
    plot.on_event("selectiongeometry", ({ geometry, final }) => {
      if (!final || geometry.type !== "rect") return;
      const { x0, x1, y0, y1 } = geometry;
      this.model.send({ kind: "range", plot: plot.name, x0, x1, y0, y1 });
    });
  }

  repaint() {
    this.plots.forEach(paint);
  }

  clear() {
    this.views?.clear();
    this.host.replaceChildren();
  }

  stop() {
    this.model.off("msg:custom", this.receive);
    this.themes.disconnect();
    this.clear();
  }
}

async function render({ model, el }) {
  const host = document.createElement("div");
  host.className = "ak-chart";
  host.setAttribute("role", "img");
  el.append(host);
  const describe = () => host.setAttribute("aria-label", model.get("alt"));
  describe();
  model.on("change:alt", describe);
  const view = new ChartView(model, host, await library(model));
  return () => {
    model.off("change:alt", describe);
    view.stop();
  };
}

export default { render };
