"""HTML of sources: one in hand, or a gallery; and the widget that shows the one."""

from __future__ import annotations

import base64
import html
from typing import Any

import ipywidgets

from ..explorer import note, table_html
from ..jobs import Jobs
from ..map.rows import row_as_text
from .pictures import Picture
from .scene import Scene

STYLE = """<style>
.ak-gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 6px;
  max-height: 420px; overflow: auto }
.ak-gallery figure, .ak-source figure { margin: 0 }
.ak-gallery img, .ak-source img { max-width: 100%; background: white; border-radius: 2px }
.ak-gallery img { width: 100%; min-height: 40px }
.ak-source { display: flex; flex-wrap: wrap; gap: 10px; align-items: flex-start }
.ak-source figure { flex: 1 1 240px; max-width: 460px }
.ak-source table { flex: 0 1 auto }
.ak-gallery figcaption { font-size: 11px; line-height: 1.25; color: var(--jp-ui-font-color2, #555);
  overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
.ak-scroll { overflow-x: auto; max-height: 300px }
</style>"""


def style() -> ipywidgets.HTML:
    """The style of what this module makes, for one place of an explorer."""
    return ipywidgets.HTML(STYLE, layout=ipywidgets.Layout(display="none"))


def gallery_html(scene: Scene, rows: Any, pictures: list[Picture]) -> str:
    """Pictures with captions; a source whose picture failed says why."""
    figures = []
    for row, picture in zip(rows, pictures, strict=True):
        caption = html.escape(scene.caption(int(row)))
        figures.append(
            f'<figure title="{caption}">{_image(picture, f"source {row:,}")}'
            f"<figcaption>{caption}</figcaption></figure>"
        )
    return f'<div class="ak-gallery">{"".join(figures)}</div>'


def source_html(scene: Scene, row: int, picture: Picture | None) -> str:
    """One source: its picture, if there is one, beside its row of the table."""
    cells = row_as_text(scene.table, row)
    if scene.labels is not None and "class" not in {name for name, _ in cells}:
        cells.insert(0, ("class", scene.class_of(row)))
    names, values = [name for name, _ in cells], [value for _, value in cells]
    table = table_html({"column": names, "value": values}, caption=f"source {row:,}")
    table = table if cells else note(f"source {row:,}")
    drawn = f"<figure>{_image(picture, f'source {row:,}')}</figure>" if picture is not None else ""
    return f'<div class="ak-source">{drawn}{table}</div>'


def _image(picture: Picture, alt: str) -> str:
    if picture.png is None:
        return note(f"{alt} could not be drawn. {picture.trouble}", warning=True)
    encoded = base64.b64encode(picture.png).decode("ascii")
    return f'<img alt="{html.escape(alt)}" src="data:image/png;base64,{encoded}">'


class SourceView(ipywidgets.HTML):
    """One source, drawn in a thread; the latest one asked for wins."""

    def __init__(self, scene: Scene) -> None:
        # Its own place for work: a pointer that moves on must not take away what the explorer complains of.
        self._scene, self._jobs = scene, Jobs()
        super().__init__()
        self.add_class("ak-scroll")

    def show(self, row: int) -> None:
        """Draw a source."""
        scene, row = self._scene, int(row)
        if not scene.pictures:
            self.value = source_html(scene, row, None)
            return
        kept = scene.pictures.kept(row)
        if kept is not None:
            self._jobs.cancel()
            self.value = source_html(scene, row, kept)
            return
        self._jobs.start(
            "source",
            f"drawing source {row:,}",
            lambda stop: None if stop() else scene.pictures.of(row),
            lambda picture: setattr(self, "value", source_html(scene, row, picture)),
        )

    def wait(self) -> None:
        """Wait until it is drawn."""
        self._jobs.wait()
