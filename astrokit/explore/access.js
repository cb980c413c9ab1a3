// What a keyboard and a screen reader need in an explorer.
//
// JupyterLab hears keys first, and takes plain letters and arrows for its commands wherever nothing is typed: a list
// could not be moved by keyboard. In an explorer they are those of the element that has the focus; keys with Ctrl, and
// Shift+Enter, still work. Only the element itself counts: JupyterLab looks no further up once a command fits it.
//
// The handle of a slider of ipywidgets has the role of a slider but no name: it gets that of the label beside it, and
// the number in words as its readout has it.

const isPlain = (event) =>
  !(event.ctrlKey || event.metaKey || event.altKey || (event.shiftKey && event.key === "Enter"));

function nameSliders(explorer) {
  for (const handle of explorer.querySelectorAll(".widget-slider [role=slider]")) {
    const textOf = (selector) => handle.closest(".widget-slider").querySelector(selector)?.textContent.trim();
    const names = { "aria-label": textOf(".widget-label"), "aria-valuetext": textOf(".widget-readout") };
    for (const [name, text] of Object.entries(names)) if (text) handle.setAttribute(name, text);
  }
}

function render({ el }) {
  let explorer = null; // there once the widgets around this one are on the page
  const name = () => nameSliders(explorer);
  const panels = new MutationObserver(name); // some come when they are first opened
  const start = setInterval(() => {
    explorer = el.closest(".ak-explorer");
    if (!explorer) return;
    clearInterval(start);
    name();
    panels.observe(explorer, { childList: true, subtree: true });
    for (const kind of ["keyup", "pointerup"]) explorer.addEventListener(kind, name);
  }, 100);
  const freeKeys = (event) =>
    explorer?.contains(event.target) && event.target.toggleAttribute("data-lm-suppress-shortcuts", isPlain(event));
  window.addEventListener("keydown", freeKeys, true);
  return () => {
    window.removeEventListener("keydown", freeKeys, true);
    clearInterval(start);
    panels.disconnect();
  };
}

export default { render };
