"""What the map knows and answers, without a browser: frames, rows, selections. Any front end can ask it."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import ParameterError
from ..index import Frame, Members, PointIndex
from . import centres, rows
from .early import EarlyIndex
from .messages import Act, Box, FrameRequest, Hover, Lasso, PickCategory
from .protocol import Plane, planes_of

if TYPE_CHECKING:
    from ..selection import Selection

MARGIN = 0.04  # of the extent, around the home view
MOST_CATEGORY_CELLS = 2_400_000  # of all categories together in one frame
COUNTED_AT_ONCE = 1 << 20  # rows
REACH = 10  # pixels around the pointer in which a source is looked for
DENSITY = "density"

Extent = tuple[float, float, float, float]


class MapCore:
    """Index, selection and table behind one lock: messages of the browser may come while a cell runs.

    Parameters
    ----------
    index : PointIndex, or a function that builds it
        A function is called in a thread; `early` draws the pictures until it is done.
    early : EarlyIndex, optional
    place : (x, y), optional
        The caller's coordinates, to say where a row is.
    table, labels : as for `LatentMap`
    ready : function without parameters
        Called once the index is there.
    """

    def __init__(
        self,
        index: PointIndex | Callable[[], PointIndex],
        early: EarlyIndex | None = None,
        *,
        place: tuple[Any, Any] | None = None,
        table: Any = None,
        labels: Any = None,
        selection: Selection | None = None,
        ready: Callable[[], None] = lambda: None,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self.lock = threading.RLock()
        self._early, self._place, self._table, self._labels = early, place, table, labels
        self._ready, self._changed = ready, changed
        self._index: PointIndex | None = None
        self._failure: Exception | None = None
        self._members: Members | None = None
        self._n_selected = 0
        self.version = 0  # of the selection: the browser asks again for what is selected when it changes
        self._codes: dict[str | None, np.ndarray] = {}
        self._changing: set[str] = set()  # channels that may become others under a selection made by them
        self._build: Callable[[], PointIndex] | None = None
        self._built = threading.Event()
        self.thread: threading.Thread | None = None
        if callable(index):
            self._build = index
        else:
            self._index = index
            self._built.set()
        self._selection = selection
        n_samples = self.present.n_samples
        rows.check_table(table, n_samples)
        if selection is not None and len(selection.mask) != n_samples:
            raise _wrong_length("selection", n_samples, len(selection.mask))
        if labels is not None and not isinstance(labels, Mapping) and len(labels) != n_samples:
            raise _wrong_length("labels", n_samples, len(labels))

    def start(self) -> None:
        """Begin to build the index, if it is to be built; then follow the selection."""
        if self._build is not None:
            self.thread = threading.Thread(target=self._build_index, daemon=True, name="map-index")
            self.thread.start()
        elif self._selection is not None:
            self.adopt(self._selection)

    def _build_index(self) -> None:
        assert self._build is not None
        try:
            self._index = self._build()
        except Exception as error:  # raised again in `index`, where somebody can read it
            self._failure = error
        else:
            self._early = None  # it holds copies of the caller's arrays
        self._build = None
        self._built.set()
        self._ready()
        if self._index is None:
            return
        if self._selection is not None:
            self.adopt(self._selection)
        _warm(self._index)

    @property
    def index(self) -> PointIndex:
        """The index; waits until it is built."""
        self._built.wait()
        if self._failure is not None:
            raise self._failure
        assert self._index is not None
        return self._index

    @property
    def failure(self) -> Exception | None:
        """Why there is no index, once building it has failed."""
        return self._failure

    @property
    def present(self) -> Any:
        """What can draw now: the index, or what stands in for it."""
        early = self._early  # another thread may take it away once the index is there
        return self._index or early

    @property
    def stride(self) -> int:
        """One source in so many is drawn; 1 once the index is there."""
        return getattr(self.present, "stride", 1)

    # --- pictures ---------------------------------------------------------------------------------------

    @property
    def home(self) -> Extent:
        """The view that shows everything, with a margin."""
        x0, x1, y0, y1 = self.present.extent
        dx, dy = (MARGIN * (b - a) or 0.5 * max(abs(a), 1.0) for a, b in ((x0, x1), (y0, y1)))
        return x0 - dx, x1 + dx, y0 - dy, y1 + dy

    @property
    def channels(self) -> list[str]:
        """Names of what the map can be coloured by, besides density."""
        return [*self.present.categories, *self.present.values]

    def frame(
        self,
        view: Extent,
        width: int,
        height: int,
        *,
        channel: str | None = None,
        with_members: bool = False,
        size_for: str | None = None,
    ) -> Frame:
        """The counts in a view, and how many of them are selected.

        A category channel has a plane for each category, so that its frames are smaller when there are many;
        `size_for` makes a frame without them fit one with them.
        """
        with self.lock:
            n_layers = len(self.present.categories.get(size_for or channel, ()))
            shrink = min(1.0, math.sqrt(MOST_CATEGORY_CELLS / max(n_layers * width * height, 1)))
            size = max(1, int(width * shrink)), max(1, int(height * shrink))
            members = self._members if with_members else None
            return self.present.frame(*view, *size, channel=channel, members=members)

    def planes(self, request: FrameRequest) -> tuple[Frame, list[Plane]]:
        """The layers of the picture that the browser asks for."""
        self._check_channel(request.channel)
        wants_channel = {"categories", "mean"} & set(request.parts)
        channel = request.channel if wants_channel else None
        width, height = (max(1, n // 2 if request.coarse else n) for n in (request.width, request.height))
        frame = self.frame(
            request.view,
            width,
            height,
            channel=channel,
            with_members="members" in request.parts,
            size_for=request.channel,
        )
        return frame, planes_of(frame, list(request.parts), self.present.values.get(channel))

    def _check_channel(self, channel: str | None) -> None:
        if channel is not None and channel not in self.channels:
            raise ParameterError(
                "channel",
                expected=f"one of {self.channels}",
                got=repr(channel),
                next_step="Nothing was changed.",
            )

    # --- words ------------------------------------------------------------------------------------------

    def describe(self) -> dict[str, Any]:
        """All that a view of the map must know once: channels with labels and totals, home, names."""
        with self.lock:
            present = self.present
            dropped = present.n_dropped
            return {
                "n_points": self.describe_size(),
                "n_dropped": dropped,
                "home": list(self.home),
                "stride": self.stride,
                "channels": [self._describe_channel(name) for name in self.channels],
                "labels": [label._asdict() for label in self._given_labels()],
                "can_select": self._index is not None,
            }

    def describe_size(self) -> int:
        """How many sources there are to see; all rows, as long as only a sample has been looked at."""
        return self.present.n_samples if self.stride > 1 else self.present.n_points

    def labels_on(self, channel: str) -> list[centres.Label]:
        """What is written on the map: the given labels, or else the categories that colour it."""
        given = self._given_labels()
        if given or channel not in self.present.categories:
            return given
        return [centres.Label(**label) for label in self._describe_channel(channel)["centres"]]

    def set_channel(self, name: str, array: Any) -> None:
        """Add a channel, or put another array in place of one."""
        index = self.index.with_channel(name, array)
        with self.lock:
            self._index = index
            self._changing.add(name)
            self._codes.pop(name, None)

    def drop_channel(self, name: str) -> None:
        """Forget a channel."""
        with self.lock:
            self._index = self.index.without_channel(name)
            self._changing.discard(name)
            self._codes.pop(name, None)

    def _describe_channel(self, name: str) -> dict[str, Any]:
        if name in self.present.values:
            low, high = self.present.values[name]
            return {"name": name, "low": low, "high": high}
        labels = self.present.categories[name]
        frame = self.present.frame(*self.home, centres.CELLS, centres.CELLS, channel=name)
        found = centres.centres_of_counts(labels, frame.by_category, frame)
        totals = [int(plane.sum()) * self.stride for plane in frame.by_category]
        return {
            "name": name,
            "labels": labels,
            "totals": totals,
            "centres": [label._asdict() for label in found],
        }

    def _given_labels(self) -> list[centres.Label]:
        if self._labels is None:
            return []
        if isinstance(self._labels, Mapping):
            return centres.centres_given(self._labels)
        if self._place is None:
            return []
        if not hasattr(self, "_found_labels"):
            self._found_labels = centres.centres_of_rows(*self._place, self._labels, self.present.extent)
        return self._found_labels

    def row(self, request: Hover) -> dict[str, Any]:
        """The source nearest to the pointer, as text; {"row": None} where none is within reach."""
        if self._index is None:
            return {"row": None}
        x0, x1, y0, y1 = request.view
        pixel_x, pixel_y = (x1 - x0) / request.width, (y1 - y0) / request.height
        around = request.x - REACH * pixel_x, request.x + REACH * pixel_x
        across = request.y - REACH * pixel_y, request.y + REACH * pixel_y
        with self.lock:
            if not self._index.frame(*around, *across, 1, 1).counts.any():
                return {"row": None}
            found, at = self._index.nearest_points(request.x, request.y, aspect=pixel_x / pixel_y)
        row = int(found[0])
        cells = [list(pair) for pair in rows.row_as_text(self._table, row)]
        return {"row": row, "at": at[0].tolist(), "cells": cells}

    # --- the selection ----------------------------------------------------------------------------------

    @property
    def selection(self) -> Selection:
        """The selection, made when it is first asked for."""
        if self._selection is None:
            from ..selection import Selection

            labels = None if isinstance(self._labels, Mapping) else self._labels
            index = self.index
            self.adopt(Selection(index.n_samples, index=index, table=self._table, labels=labels))
        assert self._selection is not None
        return self._selection

    def adopt(self, selection: Selection) -> None:
        """Show a selection, and follow it."""
        self._selection = selection
        selection.observe(self._follow)
        self._follow(selection)

    def _follow(self, selection: Selection) -> None:
        with self.lock:
            mask = selection.mask
            self._n_selected = int(np.count_nonzero(mask))
            self._members = self.index.members(mask) if self._n_selected else None
            self.version += 1
        self._changed()

    def apply(self, message: Lasso | Box | PickCategory | Act) -> None:
        """Do to the selection what was done in the browser."""
        with self.lock:
            selection = self.selection
            match message:
                case Lasso(polygon=polygon, how=how) if self._is_another_map(selection):
                    selection.ids(self.index.inside(polygon), how=how)
                case Lasso(polygon=polygon, how=how):
                    selection.lasso(polygon, how=how)
                case Box(box=box, how=how) if self._is_another_map(selection):
                    selection.ids(self.index.box(*box), how=how)
                case Box(box=box, how=how):
                    selection.box(*box, how=how)
                case PickCategory(channel=channel, labels=labels, how=how):
                    self._check_channel(channel)
                    if channel in self._changing or self._is_another_map(selection):
                        selection.ids(self._rows_of(channel, labels), how=how)
                    else:
                        selection.category(channel, *labels, how=how)
                case Act(action=action):
                    getattr(selection, action)()

    def _is_another_map(self, selection: Selection) -> bool:
        """Whether places here are others than those of the selection's index: gestures become rows then."""
        other = selection._sources.index
        return other is not None and other.points() is not self.index.points()

    def _rows_of(self, channel: str, labels: tuple[str, ...]) -> np.ndarray:
        known = self.index.categories[channel]
        wanted = [known.index(label) for label in labels if label in known]
        return np.flatnonzero(np.isin(self.index.channel(channel), wanted))

    @property
    def program(self) -> str | None:
        """The selection as JSON; None before there is one."""
        return None if self._selection is None else self._selection.to_json()

    def load_program(self, program: str) -> None:
        """Replace the selection by what `program` held."""
        self.selection.from_json(program)

    @property
    def n_selected(self) -> int:
        """How many rows are selected."""
        return self._n_selected

    def describe_selection(self, channel: str | None) -> dict[str, Any]:
        """What a view says of the selection, where `channel` colours the map (None: density).

        "n" rows, in so many "clusters" (of the channel, or else of `labels`; None without any); "by_class":
        how many in each category of "channel".
        """
        counts = self.class_counts(channel) if self._n_selected else None
        told = {"n": self._n_selected, "clusters": None, "channel": channel, "by_class": None}
        if counts is not None:
            told["clusters"] = int(np.count_nonzero(counts))
            if channel in self.index.categories:
                told["by_class"] = counts.tolist()
        return told | {"version": self.version}

    def class_counts(self, channel: str | None) -> np.ndarray | None:
        """Selected rows in each category of a channel (or else of `labels`); None where there is neither."""
        codes = self._codes_of(channel)
        if codes is None or self._selection is None:
            return None
        n_categories = len(self.index.categories.get(channel or "", ())) or int(codes.max(initial=-1)) + 1
        counts, mask = np.zeros(n_categories, dtype=np.int64), self._selection.mask
        for start in range(0, len(codes), COUNTED_AT_ONCE):  # bincount makes 8 bytes of each code
            part = slice(start, start + COUNTED_AT_ONCE)
            chosen = codes[part][mask[part]]
            counts += np.bincount(chosen[chosen >= 0], minlength=n_categories)
        return counts

    def _codes_of(self, channel: str | None) -> np.ndarray | None:
        """A category for each row, -1 for none: of the channel that colours the map, or else of `labels`."""
        is_channel = self._index is not None and channel in self._index.categories
        if not is_channel and (self._labels is None or isinstance(self._labels, Mapping)):
            return None
        key = channel if is_channel else None
        if key not in self._codes:  # one at a time: 8 MB for 4 million
            codes = centres.cluster_codes(self._labels)[0] if key is None else self.index.channel(key)
            self._codes = {key: codes}
        return self._codes[key]


def _warm(index: PointIndex) -> None:
    """Have what is compiled at its first call compiled or read before somebody waits for it."""
    x0, x1, y0, y1 = index.extent
    if index.n_points:
        index.inside([(x0, y0), (x0, y0), (x0, y0)])
        index.nearest(x0, y0)
        members = index.members(np.zeros(0, dtype=np.int64))
        index.frame(x0 - 1, x1 + 1, y0 - 1, y1 + 1, 2, 2, members=members)


def _wrong_length(what: str, expected: int, got: int) -> ParameterError:
    return ParameterError(
        what,
        expected=f"one entry for each of the {expected:,} sources",
        got=f"{got:,}",
        next_step="Make it from the same rows as the coordinates.",
    )
