// Elements without markup: whatever is a text stays one.

const SVG = "http://www.w3.org/2000/svg";

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value != null) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child != null));
  return made;
}

const ICONS = {
  pan: "M5 9l-3 3 3 3M9 5l3-3 3 3M15 19l-3 3-3-3M19 9l3 3-3 3M2 12h20M12 2v20",
  lasso: "M7 22a5 5 0 0 1-2-4M3.3 14A7 7 0 0 1 2 10c0-4.4 4.5-8 10-8s10 3.6 10 8-4.5 8-10 8a12 12 0 0 1-5-1M7 18a2 2 0 1 1-4 0 2 2 0 0 1 4 0",
  box: "M4 8V5a1 1 0 0 1 1-1h3M16 4h3a1 1 0 0 1 1 1v3M20 16v3a1 1 0 0 1-1 1h-3M8 20H5a1 1 0 0 1-1-1v-3",
  undo: "M9 14L4 9l5-5M4 9h10a6 6 0 0 1 0 12h-3",
  redo: "M15 14l5-5-5-5M20 9H10a6 6 0 0 0 0 12h3",
  clear: "M18 6L6 18M6 6l12 12",
  invert: "M12 3a9 9 0 1 0 0 18zM12 3a9 9 0 0 1 0 18",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  home: "M3 11l9-8 9 8M5 9v11h5v-6h4v6h5V9",
  labels: "M4 7V5h16v2M12 5v14M9 19h6",
  help: "M9.1 9a3 3 0 0 1 5.8 1c0 2-3 3-3 3M12 17h.01",
};

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({ viewBox: "0 0 24 24", "aria-hidden": "true" })) svg.setAttribute(key, value);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

export function button(name, label, key, onclick) {
  const title = key ? `${label} (${key})` : label;
  return element("button", { type: "button", class: "ak-button", title, "aria-label": label, onclick, "data-do": name }, icon(name));
}

export function choice(label, options, onchange) {
  const select = element("select", { "aria-label": label, title: label, onchange: () => onchange(select.value) });
  select.append(...options.map(([value, text]) => element("option", { value }, text)));
  return select;
}
