"""The map as a widget: what a notebook shows, and what Python says to it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from ...errors import AstrokitError, ParameterError
from ..index import PointIndex
from ..picture import HIDE_PICTURE, LeavesPicture, with_picture
from . import messages, rows
from .core import DENSITY, MapCore
from .early import EarlyIndex
from .palette import COLOUR_MAPS, STRETCHES
from .protocol import pack
from .script import module_text, style_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ..selection import Selection

FROM_BROWSER = ("view", "colour_by", "colour_map", "stretch", "isolated")


class LatentMap(LeavesPicture, anywidget.AnyWidget):
    """A map of very many points: pan, zoom, lasso, in the notebook; every count is exact.

    Parameters
    ----------
    index_or_x : PointIndex, or (n_samples,) array_like
        An index, or the horizontal coordinates; these are indexed in the background, after a first picture.
    y : (n_samples,) array_like, optional
        Vertical coordinates, when the first parameter is no index.
    table : pandas.DataFrame, astropy.table.Table or dict of arrays, optional
        A row for each source: shown under the pointer, and where `channels` and `colour_by` look for columns.
    channels : dict of (n_samples,) arrays, or list of columns of `table`, optional
        What can be seen by colour: floats are values, anything else is categories (at most 32).
    colour_by : str, optional
        "density" (the default), or the name of a channel.
    selection : Selection, optional
        An own one, for several maps of the same sources; otherwise `map.selection` is new.
    labels : dict {text: (x, y)}, or (n_samples,) array_like, optional
        Names to be written on the map, or a cluster for each source, named at its densest place. Without
        them a map coloured by a category writes its labels.
    width : str or int, optional
        CSS width, or pixels; all there is by default.
    height : int, pixels
    title : str, optional

    Raises
    ------
    ParameterError
        Arrays of different lengths, an unknown channel, more than 32 categories.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> map = LatentMap(rng.normal(size=1000), rng.normal(size=1000), title="a cloud")
    >>> map.alt
    'a cloud: map of 1,000 sources, coloured by density.'
    """

    _esm = module_text()
    _css = style_text() + HIDE_PICTURE.format("ak-map")

    view = traitlets.List(traitlets.Float()).tag(sync=True)
    colour_by = traitlets.Unicode(DENSITY).tag(sync=True)
    colour_map = traitlets.Enum(COLOUR_MAPS, "viridis").tag(sync=True)
    stretch = traitlets.Enum(STRETCHES, "log").tag(sync=True)
    isolated = traitlets.List(traitlets.Unicode()).tag(sync=True)
    title = traitlets.Unicode("").tag(sync=True)
    width = traitlets.Unicode("100%").tag(sync=True)
    height = traitlets.Int(480).tag(sync=True)

    def __init__(
        self,
        index_or_x: Any,
        y: Any = None,
        *,
        table: Any = None,
        channels: Any = None,
        colour_by: str | None = None,
        selection: Selection | None = None,
        labels: Any = None,
        width: str | int = "100%",
        height: int = 480,
        title: str = "",
    ) -> None:
        self._core = _make_core(
            index_or_x,
            y,
            table,
            channels,
            colour_by,
            selection,
            labels,
            ready=self._on_ready,
            changed=self._on_selection,
        )
        size = f"{width}px" if isinstance(width, int) else width
        self._followers: list[Callable[[int | None], object]] = []
        super().__init__(colour_by=colour_by or DENSITY, width=size, height=height, title=title)
        self.on_msg(self._on_message)
        self._core.start()

    def __repr__(self) -> str:
        return self.alt

    # --- for the reader ---------------------------------------------------------------------------------

    @property
    def index(self) -> PointIndex:
        """The index of the points; waits until it is built."""
        return self._core.index

    @property
    def selection(self) -> Selection:
        """What is selected: by lasso in the browser, or from here, with `map.selection.lasso(...)`."""
        return self._core.selection

    @property
    def window(self) -> tuple[float, float, float, float]:
        """(x0, x1, y0, y1) of the present view."""
        x0, x1, y0, y1 = self.view or self._core.home
        return x0, x1, y0, y1

    @property
    def alt(self) -> str:
        """One sentence that says what the present view shows."""
        from .layout import describe

        return describe(self)

    def static(self) -> Figure:
        """The present view as a matplotlib figure."""
        from .picture import draw

        return draw(self)

    def frame(self, width: int = 640, height: int = 480) -> Any:
        """The present view as a `Frame`: counts, and the channel that the map is coloured by."""
        channel = None if self.colour_by == DENSITY else self.colour_by
        return self._core.frame(self.window, width, height, channel=channel, with_members=True)

    def set_channel(self, name: str, array: Any, *, show: bool = True) -> None:
        """Add something to colour by, or put another array in place of it; views that show it follow.

        Parameters
        ----------
        name : str
        array : (n_samples,) array_like
            Floats are values, anything else is categories (at most 32).
        show : bool
            Colour by it now.

        Raises
        ------
        ParameterError
            Another length, or more than 32 categories; nothing is changed then.
        """
        if name == DENSITY:
            raise _bad("channel", f"a name other than {DENSITY!r}, which the map keeps for itself", name)
        self._core.set_channel(name, array)
        self.send({"kind": "meta", **self._core.describe()})
        if show:
            self.colour_by = name
        if self.colour_by == name and self._core.n_selected:
            self._on_selection()  # in how many of the new classes it lies

    def drop_channel(self, name: str) -> None:
        """Forget something to colour by, and free its memory; a map that shows it goes back to density.

        Raises
        ------
        ParameterError
            There is no such channel.
        """
        if self.colour_by == name:
            self.colour_by = DENSITY
        self._core.drop_channel(name)
        self.send({"kind": "meta", **self._core.describe()})

    def on_pointer(self, callback: Callable[[int | None], object]) -> None:
        """Have `callback(row)` called when the pointer, or the crosshair of the keyboard, comes to a source.

        None stands for a place without a source.
        """
        self._followers.append(callback)

    def to_html(self, path: Any, *, overwrite: bool = False, below: str = "") -> None:
        """Write the map into one HTML file that works without a network and without a kernel.

        `below` is HTML that stands under it, escaped by who made it.
        """
        from .page import write_page

        write_page(self, path, overwrite=overwrite, below=below)

    def to_holoviews(self, width: int = 640, height: int = 480) -> Any:
        """The present view as a `holoviews.Image` of counts, and of the mean of the value that colours it."""
        from .exchange import to_image

        return to_image(self.frame(width, height), self.colour_by)

    @property
    def state(self) -> dict[str, Any]:
        """What `restore` needs to show the same again: plain values that JSON can hold."""
        return {**{name: getattr(self, name) for name in FROM_BROWSER}, "selection": self._core.program}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Show what `state` held.

        Raises
        ------
        ParameterError
            An unknown key or a value that the map cannot take; nothing is changed then.
        """
        program = state.get("selection")
        self._set({name: value for name, value in state.items() if name != "selection"})
        if program:
            self._core.load_program(program)

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        from .png import png_of

        return with_picture(super()._repr_mimebundle_(**kwargs), png_of(self), self.alt)

    # --- between Python and the browser -----------------------------------------------------------------

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take over what a browser has set, if it is something that a browser may set."""
        try:
            with self._core.lock:
                self._check({k: v for k, v in sync_data.items() if not k.startswith("_view_")})
                super().set_state(sync_data)
        except (AstrokitError, traitlets.TraitError) as error:
            self.send({"kind": "error", "text": str(error)})
            self.send_state(list(FROM_BROWSER))

    def _set(self, values: Mapping[str, Any]) -> None:
        try:
            self._check(values)
            with self.hold_trait_notifications():
                for name, value in values.items():
                    setattr(self, name, value)
        except traitlets.TraitError as error:
            raise ParameterError(
                "state",
                expected="values of the map's traits",
                got=str(error),
                next_step="Use a state of a map.",
            ) from error

    def _check(self, values: Mapping[str, Any]) -> None:
        """Raise unless the map may have all of the values, so that none is set if one is wrong."""
        for name, value in values.items():
            if name not in FROM_BROWSER:
                raise _bad(name, f"one of {', '.join(FROM_BROWSER)}", name)
            getattr(type(self), name)._validate(self, value)
        if values.get("view"):
            messages.check_view(values["view"], "view")
        by = values.get("colour_by", DENSITY)
        if by != DENSITY and by not in self._core.channels:
            raise _bad("colour_by", f"{DENSITY} or one of {self._core.channels}", by)

    @traitlets.observe("colour_by")
    def _recount(self, change: Any) -> None:
        if self._core.n_selected:
            self._on_selection()

    @traitlets.validate("view")
    def _valid_view(self, proposal: Any) -> list[float]:
        view = list(proposal["value"])
        if view:
            messages.check_view(view, "view")
        return view

    @traitlets.validate("colour_by")
    def _valid_colour(self, proposal: Any) -> str:
        by = proposal["value"]
        if by != DENSITY and by not in self._core.channels:
            raise _bad("colour_by", f"{DENSITY} or one of {self._core.channels}", by)
        return by

    def _on_message(self, _: Any, content: Any, buffers: Any) -> None:
        try:
            self._answer(messages.parse(content))
        except AstrokitError as error:
            self._refuse(content, str(error))
        except Exception as error:
            # The browser waits for an answer; the traceback goes where the kernel writes its own.
            self._refuse(content, f"The map met an error of its own, {type(error).__name__}: {error}")
            raise

    def _refuse(self, content: Any, text: str) -> None:
        known = content if isinstance(content, dict) else {}
        answer = {"kind": "error", "text": text}
        for name, kind in (("client", str), ("id", int)):
            if isinstance(known.get(name), kind):
                answer[name] = known[name]
        self.send(answer)

    def _answer(self, message: messages.Message) -> None:
        match message:
            case messages.Hello(client=client):
                self.send({"kind": "meta", "client": client, **self._core.describe()})
                self._on_selection()
            case messages.FrameRequest():
                self._send_frame(message)
            case messages.Hover(client=client, id=number):
                found = self._core.row(message)
                self.send({"kind": "row", "client": client, "id": number, **found})
                for follow in self._followers:
                    follow(found["row"])
            case _:
                self._core.apply(message)

    def _send_frame(self, request: messages.FrameRequest) -> None:
        began = time.perf_counter()
        frame, planes = self._core.planes(request)
        headers, packed = pack(planes)
        ny, nx = frame.counts.shape
        answer = {
            "kind": "frame",
            "client": request.client,
            "id": request.id,
            "nx": nx,
            "ny": ny,
            "planes": headers,
            "extent": list(frame.extent),
            "kernel_ms": round(1e3 * (time.perf_counter() - began), 2),
        }
        self.send(answer, [packed])

    def _on_ready(self) -> None:
        if self._core.failure is not None:
            self.send({"kind": "error", "text": str(self._core.failure)})
            return
        self.send({"kind": "meta", **self._core.describe()})

    def _on_selection(self) -> None:
        channel = None if self.colour_by == DENSITY else self.colour_by
        self.send({"kind": "selection", **self._core.describe_selection(channel)})


def _bad(name: str, expected: str, got: Any) -> ParameterError:
    return ParameterError(name, expected=expected, got=repr(got)[:80], next_step="Nothing was changed.")


def _make_core(
    index_or_x: Any,
    y: Any,
    table: Any,
    channels: Any,
    colour_by: str | None,
    selection: Any,
    labels: Any,
    **calls: Any,
) -> MapCore:
    options = {"table": table, "labels": labels, "selection": selection, **calls}
    if isinstance(index_or_x, PointIndex):
        core = MapCore(index_or_x, **options)
        by = colour_by or DENSITY
        if by != DENSITY and by not in core.channels:
            raise _bad("colour_by", f"{DENSITY} or one of {core.channels}", by)
        return core
    if y is None:
        raise ParameterError(
            "LatentMap",
            expected="a PointIndex, or x and y",
            got=f"{type(index_or_x).__name__} alone",
            next_step="Pass both coordinates: LatentMap(x, y).",
        )
    arrays = _arrays_of(channels, table, colour_by)
    early = EarlyIndex(index_or_x, y, arrays)
    return MapCore(
        lambda: PointIndex(index_or_x, y, channels=arrays, progress=False),
        early,
        place=(index_or_x, y),
        **options,
    )


def _arrays_of(channels: Any, table: Any, colour_by: str | None) -> dict[str, Any]:
    """The channels as arrays; names are looked up in the table."""
    given = channels if isinstance(channels, Mapping) else dict.fromkeys(channels or ())
    wanted = {**given, **({colour_by: None} if colour_by not in (None, DENSITY, *given) else {})}
    return {name: rows.column(table, name) if array is None else array for name, array in wanted.items()}


def show(x: Any, y: Any, table: Any = None, **options: Any) -> LatentMap:
    """Return the map of some points: the one-line way in.

    Parameters
    ----------
    x, y : (n_samples,) array_like, or names of columns of `table`
    table : pandas.DataFrame, astropy.table.Table or dict of arrays, optional
        Rows to be shown under the pointer.
    **options
        As for `LatentMap`, for instance ``colour_by="class"``.

    Examples
    --------
    >>> show("x", "y", {"x": [0.0, 1.0], "y": [1.0, 0.0], "kind": ["star", "quasar"]}, colour_by="kind").alt
    'Map of 2 sources, coloured by kind.'
    """
    x, y = (rows.column(table, axis) if isinstance(axis, str) else axis for axis in (x, y))
    return LatentMap(x, y, table=table, **options)
