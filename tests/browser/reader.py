"""What a reader does with a notebook in JupyterLab: menus, keys, and what there is to see."""

PANEL = "window.jupyterapp?.shell?.currentWidget"
KERNEL = f"{PANEL}?.sessionContext?.session?.kernel"
CODE_CELLS = f"[...{PANEL}.content.model.cells].filter(cell => cell.type === 'code')"
ENDED = f"""() => {{
  const cells = {CODE_CELLS};
  const failed = cells.some(cell => cell.outputs.toJSON().some(output => output.output_type === "error"));
  return failed || (cells.every(cell => cell.executionCount !== null) && {KERNEL}?.status === "idle");
}}"""
LOADED = "image => image.complete && image.naturalWidth > 0"
DRAWN = """image => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
  canvas.getContext("2d").drawImage(image, 0, 0);
  return [image.naturalWidth, canvas.toDataURL()];
}"""


class OpenNotebook:
    """A notebook open in a page of the browser, with a kernel ready.

    Buttons and keys do what a reader does; only waiting looks behind the curtain, at JupyterLab's own model.
    """

    def __init__(self, page, address):
        self.page = page
        page.goto(address)
        self.wait_for_kernel()

    def wait_for_kernel(self):
        self.page.wait_for_function(f"{PANEL}?.content?.model && {KERNEL}?.status === 'idle'", timeout=60_000)

    def run_all(self, seconds):
        """Choose Run All Cells in the menu, and wait until each cell has run or one has failed."""
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        self.page.wait_for_function(ENDED, timeout=1000 * seconds)

    def save(self):
        self.page.keyboard.press("Control+s")
        self.page.wait_for_function(f"!{PANEL}.context.model.dirty", timeout=10_000)

    def shut_down(self):
        """End the kernel, then close the page."""
        self.page.evaluate(f"{PANEL}.sessionContext.shutdown()")
        self.page.close()

    def outputs(self):
        """The outputs of all code cells in one list, None for a cell that did not run."""
        cells = self.page.evaluate(f"{CODE_CELLS}.map(cell => [cell.executionCount, cell.outputs.toJSON()])")
        return [output for count, outputs in cells for output in (outputs if count else [None])]

    def complaints(self):
        """Errors, warnings, a None for each cell that did not run, and addresses outside of this machine."""
        bad = [o for o in self.outputs() if not o or o["output_type"] == "error" or o.get("name") == "stderr"]
        return bad + self.page.refused

    def find(self, selector):
        """Scroll to the first such element; JupyterLab draws cells only when they come into sight."""
        found = self.page.locator(f".jp-NotebookPanel {selector}").first
        scroller = self.page.locator(".jp-WindowedPanel-outer").first
        for _ in range(200):
            if found.count():
                found.scroll_into_view_if_needed()
                return found
            scroller.evaluate("element => element.scrollBy(0, 400)")
            self.page.wait_for_timeout(50)
        raise AssertionError(f"nothing in the notebook is {selector!r}")


class Explorer:
    """The first explorer of a notebook that is one slider, its picture, and the words below."""

    def __init__(self, notebook):
        self.page = notebook.page
        self.slider, self.image, self.words = (
            notebook.find(f".ak-one-slider {part}")
            for part in (".noUi-handle", "img.widget-image", ".widget-html-content")
        )

    def picture(self):
        """(width in pixels of the picture, what is drawn), when it is loaded."""
        self.page.wait_for_function(LOADED, arg=self.image.element_handle())
        return self.image.evaluate(DRAWN)

    def text(self):
        return self.words.inner_text()

    def press(self, *keys, until):
        """Press keys on the slider, then wait until the words below the picture are as they should be.

        Some of the pictures on the way are left out, so the first change is not yet the answer to all keys.
        """
        self.slider.focus()
        for key in keys:
            self.page.keyboard.press(key)
        self.wait(until)

    def wait(self, until):
        for _ in range(200):
            if until(self.text()):
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"after 20 s the words are still: {self.text()}")
