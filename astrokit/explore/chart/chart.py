"""`Chart`: a Bokeh figure as a widget that needs no network and no other extension than anywidget."""

from __future__ import annotations

import functools
import math
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import resources
from typing import Any, NamedTuple

import anywidget
import traitlets

FIT = ".ak-chart { width: 100%; min-width: 0; overflow: hidden }"


class Tap(NamedTuple):
    """A click on the figure called `plot`, in its data units."""

    plot: str
    x: float
    y: float


class Range(NamedTuple):
    """A box drawn on the figure called `plot`, in its data units."""

    plot: str
    x0: float
    x1: float
    y0: float
    y1: float


class Chart(anywidget.AnyWidget):
    """A Bokeh figure, or a layout of figures, that follows every change of its models.

    BokehJS comes from the installed package, as one message for each page; then `source.data = {...}` or
    `figure.title.text = ...` inside `with chart.changing():` is all that is needed. Axes, titles and legends
    take the colours of the notebook's theme.

    Parameters
    ----------
    root : bokeh model
        Figures of it that are clicked or brushed need a `name`.
    alt : str
        A sentence for those who do not see it; set `chart.alt` when what it shows changes.

    Examples
    --------
    >>> from bokeh.models import ColumnDataSource
    >>> from bokeh.plotting import figure
    >>> source = ColumnDataSource({"x": [1, 2], "y": [1, 2]})
    >>> plot = figure(name="line", width=300, height=200)
    >>> _ = plot.line("x", "y", source=source)
    >>> chart = Chart(plot, "a line that rises")
    >>> with chart.changing():
    ...     source.data = {"x": [1, 2], "y": [2, 1]}
    """

    _esm = resources.files(__package__).joinpath("chart.js").read_text(encoding="utf-8")
    _css = FIT

    alt = traitlets.Unicode("").tag(sync=True)
    bokeh_version = traitlets.Unicode("").tag(sync=True)

    def __init__(self, root: Any, alt: str = "") -> None:
        from bokeh import __version__
        from bokeh.document import Document

        self.root = root
        self._lock = threading.RLock()
        self._document = Document()
        self._document.add_root(root)
        self._listeners: list[tuple[type, Callable[[Any], object]]] = []
        self._events: list[Any] | None = None
        self._document.on_change(self._on_change)
        super().__init__(alt=alt, bokeh_version=__version__)
        self.on_msg(self._on_message)

    def __repr__(self) -> str:
        return f"Chart({self.alt!r})"

    def on_tap(self, callback: Callable[[Tap], object]) -> None:
        """Have `callback(tap)` called at each click."""
        self._listeners.append((Tap, callback))

    def on_range(self, callback: Callable[[Range], object]) -> None:
        """Have `callback(range)` called when a box has been drawn; the figure needs a BoxSelectTool."""
        self._listeners.append((Range, callback))

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Change models inside; the browser hears of all changes at once, at the end."""
        with self._lock:
            if self._events is not None:  # inside another one
                yield
                return
            self._events = []
            try:
                yield
            finally:
                events, self._events = self._events, None
                self._send_patch(events)

    def _on_change(self, event: Any) -> None:
        from bokeh.document.events import DocumentPatchedEvent

        if not isinstance(event, DocumentPatchedEvent):
            return
        with self._lock:
            if self._events is None:
                self._send_patch([event])
            else:
                self._events.append(event)

    def _send_patch(self, events: list[Any]) -> None:
        from bokeh.core.json_encoder import serialize_json
        from bokeh.core.serialization import Serializer

        if not events:
            return
        models = self._document.models
        serializer = Serializer(references=models.synced_references)
        patch = {"events": serializer.encode(events)}
        models.flush_synced(lambda model: not serializer.has_ref(model))
        # Arrays go as they are: packed into the text, they take longer than all else on the way to a picture.
        names = [buffer.id for buffer in serializer.buffers]
        arrays = [buffer.to_bytes() for buffer in serializer.buffers]
        self.send({"kind": "patch", "patch": serialize_json(patch), "arrays": names}, arrays)

    def _on_message(self, _: Any, content: Any, buffers: Any) -> None:
        match content:
            case {"kind": "bokeh"}:
                self.send({"kind": "bokeh"}, [_library()])
            case {"kind": "draw", "client": str(client)} if re.fullmatch("[a-z0-9]{1,16}", client):
                with self._lock:
                    item = {"doc": self._document.to_json(deferred=False), "root_id": self.root.id}
                    self._document.models.flush_synced()
                    self.send({"kind": "draw", "client": client, "item": item})
            case {"kind": "tap"}:
                self._tell(Tap, content)
            case {"kind": "range"}:
                self._tell(Range, content)

    def _tell(self, kind: Any, content: dict[str, Any]) -> None:
        """What is not a name and finite numbers comes from no chart of ours, and is dropped."""
        plot, *numbers = (content.get(field) for field in kind._fields)
        values = [float(n) for n in numbers if isinstance(n, int | float) and math.isfinite(n)]
        if not isinstance(plot, str) or len(values) < len(numbers):
            return
        for wanted, callback in self._listeners:
            if wanted is kind:
                callback(kind(plot, *values))


@functools.cache
def _library() -> bytes:
    return resources.files("bokeh").joinpath("server/static/js/bokeh.min.js").read_bytes()
