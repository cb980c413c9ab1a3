// JupyterLab hears keys first, and takes plain letters and arrows for its commands wherever nothing is typed: a list
// could not be moved by keyboard. In an explorer they are those of the element that has the focus; keys with Ctrl, and
// Shift+Enter, still work. Only the element itself counts: JupyterLab looks no further up once a command fits it.

const isPlain = (event) =>
  !(event.ctrlKey || event.metaKey || event.altKey || (event.shiftKey && event.key === "Enter"));

function render({ el }) {
  const freeKeys = (event) => {
    if (!el.closest(".ak-explorer")?.contains(event.target)) return;
    event.target.toggleAttribute("data-lm-suppress-shortcuts", isPlain(event));
  };
  window.addEventListener("keydown", freeKeys, true);
  return () => window.removeEventListener("keydown", freeKeys, true);
}

export default { render };
