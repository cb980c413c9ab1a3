"""The panel of details: the source in hand, and a gallery of what is selected."""

from __future__ import annotations

from typing import Any

import ipywidgets
import numpy as np
import traitlets

from ...errors import ParameterError
from ...progress import Progress
from ..explorer import following, note, table_html
from ..jobs import Stop
from .gallery import SourceView, gallery_html, style
from .scene import Scene

SIZES = (6, 12, 24)


class Details(ipywidgets.VBox):
    """The source in hand, and up to 24 of the selected ones."""

    def __init__(self, scene: Scene) -> None:
        self._scene, self._page = scene, 0
        self._source = source_box(scene)
        self._select = ipywidgets.Button(
            description="select it", tooltip="Select this source on the map", layout={"width": "auto"}
        )
        self._size = ipywidgets.Dropdown(
            options=SIZES,
            value=12,
            description="gallery of",
            layout=ipywidgets.Layout(width="150px"),
        )
        self._others = ipywidgets.Button(
            description="others",
            icon="refresh",
            tooltip="Others of the same selection",
            layout={"width": "auto"},
        )
        self._words = ipywidgets.HTML()
        self._view, self._gallery = SourceView(scene), ipywidgets.HTML()
        super().__init__(
            [
                ipywidgets.HBox([self._source, self._select]),
                self._view,
                ipywidgets.HBox([self._size, self._others]),
                self._words,
                self._gallery,
                style(),
            ]
        )
        self._select.on_click(lambda _: scene.selection.ids([scene.source]))
        self._others.on_click(lambda _: self._turn(self._page + 1))
        self._size.observe(lambda _: self._fill(), names="value")
        scene.observe(lambda change: self._view.show(change["new"]), names="source")
        self._view.show(scene.source)
        following(scene.selection, lambda _: self._turn(0))

    @property
    def rows(self) -> np.ndarray:
        """The sources in the gallery."""
        return self._scene.some(self._size.value, self._page)

    @property
    def state(self) -> dict[str, Any]:
        return {"source": self._scene.source, "size": self._size.value, "page": self._page}

    def restore(self, state: dict[str, Any]) -> None:
        source, size, page = (state.get(name, value) for name, value in self.state.items())
        fits = size in SIZES and isinstance(page, int) and page >= 0
        if not (fits and isinstance(source, int) and 0 <= source < self._scene.n_samples):
            raise ParameterError(
                "state of the details",
                expected=f"a source below {self._scene.n_samples:,}, a size of {SIZES}, a page",
                got=state,
                next_step="Use a state of the same data.",
            )
        self._scene.source, self._size.value = source, size
        self._turn(page)

    def wait(self) -> None:
        """Wait until all is drawn."""
        self._view.wait()
        self._scene.jobs.wait()

    def _turn(self, page: int) -> None:
        self._page = page
        self._fill()

    def _fill(self) -> None:
        scene = self._scene
        if not scene.pictures:
            self._show(self.rows, None)
            return

        def draw(stop: Stop) -> Any:
            rows, pictures = self.rows, []
            with Progress(len(rows), "drawing sources") as bar:
                for row in rows:
                    if stop():
                        return None
                    pictures.append(scene.pictures.of(int(row)))
                    bar.advance(1)
            return rows, pictures

        def done(drawn: Any) -> None:
            if drawn is not None:
                self._show(*drawn)

        scene.jobs.start("gallery", "drawing sources", draw, done)

    def _show(self, rows: np.ndarray, pictures: Any) -> None:
        scene = self._scene
        n_selected = len(scene.selection)
        nothing = f"Nothing is selected: all {scene.n_samples:,} sources"
        of = f"{n_selected:,} selected sources" if n_selected else nothing
        chosen = "all of them" if len(rows) == (n_selected or scene.n_samples) else f"{len(rows):,} of them"
        order = ", spread along the direction in which their latents vary most"
        self._words.value = note(f"{of}: {chosen}{order if chosen[0] != 'a' else ''}.")
        table = f'<div class="ak-scroll">{table_html(scene.cells(rows))}</div>'
        self._gallery.value = table if pictures is None else gallery_html(scene, rows, pictures)


def source_box(scene: Scene) -> ipywidgets.BoundedIntText:
    """A field with the number of the source in hand."""
    box = ipywidgets.BoundedIntText(
        value=scene.source,
        min=0,
        max=scene.n_samples - 1,
        description="source",
        tooltip="Type the number of a row, or rest the pointer on a source of the map",
        layout=ipywidgets.Layout(width="190px"),
    )
    traitlets.link((scene, "source"), (box, "value"))
    return box
