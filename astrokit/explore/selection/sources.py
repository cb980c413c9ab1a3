"""What the steps of a selection look at: an index or coordinates, columns of a table, cluster labels."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ...data.columns import column_names, values_and_gaps
from . import geometry
from .checks import plain, wrong
from .steps import Box, Category, Cluster, Ids, Lasso, Nearest, Range, Step

if TYPE_CHECKING:
    from ..index import PointIndex


class _Coded(NamedTuple):
    """A column as codes, -1 where there is no label, and the text of each code's label."""

    codes: np.ndarray
    labels: list[str]


class Sources:
    """Arrays of `n_samples` rows, and the masks that gestures make of them."""

    def __init__(
        self, n_samples: int, *, index: PointIndex | None, x: Any, y: Any, table: Any, labels: Any
    ) -> None:
        self.n_samples = n_samples
        self.index, self.table, self.labels = index, table, labels
        self._xy = None if x is None or y is None else _coordinates(x, y, n_samples)
        self._coded: dict[tuple[str, str], _Coded] = {}
        if (x is None) != (y is None) or (index is not None and x is not None):
            raise wrong("coordinates", "x and y, or an index", "part of both", "Give the one or the other.")
        if index is not None:
            _require_length("index", index.n_samples, n_samples)
        if table is not None:
            self.require_rows_of(table)
        if labels is not None:
            _require_length("labels", len(labels), n_samples)

    def require(self, step: Step) -> None:
        """Raise ParameterError when a step needs a source, a label or a row that is not here."""
        if isinstance(step, Lasso | Box | Nearest) and self.index is None and self._xy is None:
            raise wrong(
                step.kind, "coordinates", "none", "Make the Selection with index=, or with x= and y=."
            )
        if isinstance(step, Category):
            _require_labels(step, self._category(step.channel))
        elif isinstance(step, Cluster):
            _require_labels(step, self._clusters())
        elif isinstance(step, Range):
            self._values(step.channel)
        elif isinstance(step, Ids) and len(step.rows) and step.rows[-1] >= self.n_samples:
            got = f"row {step.rows[-1]:,}"
            raise wrong("ids", f"rows below {self.n_samples:,}", got, "Count rows from 0 in this table.")

    def mask(self, step: Step) -> np.ndarray:
        """Return the rows of a gesture alone, as a mask (n_samples,)."""
        if isinstance(step, Lasso):
            return self._lasso(step)
        if isinstance(step, Box):
            return self._box(step)
        if isinstance(step, Nearest):
            return self._marked(self._nearest(step))
        if isinstance(step, Ids):
            return self._marked(step.rows)
        if isinstance(step, Range):
            values, gaps = self._values(step.channel)
            return in_range(values, step.low, step.high) & ~gaps
        assert isinstance(step, Cluster | Category)
        coded = self._clusters() if isinstance(step, Cluster) else self._category(step.channel)
        texts = {str(label) for label in step.labels}
        wanted = np.array([label in texts for label in coded.labels] + [False])  # the last is that of code -1
        return wanted[coded.codes]

    def add_columns(self, columns: Mapping[str, Any]) -> None:
        """Look at further columns, too; ParameterError for another one under a known name."""
        self.require_rows_of(columns)
        known = {} if self.table is None else {name: self.table[name] for name in column_names(self.table)}
        for name in column_names(columns):
            if name in known and not _is_same(known[name], columns[name]):
                raise wrong("column", "a new name", plain(name), "Give the column another name.")
        self.table = {**known, **columns}

    def needed(self, steps: Iterable[Step]) -> list[str]:
        """Return the parameters of `Selection` that these steps depend on."""
        found = set()
        for step in steps:
            if isinstance(step, Lasso | Box | Nearest):
                found |= {"x", "y"} if self.index is None else {"index"}
            elif isinstance(step, Cluster):
                found.add("labels")
            elif isinstance(step, Category | Range):
                found.add("table" if self._in_table(step.channel) else "index")
        return [name for name in ("index", "x", "y", "table", "labels") if name in found]

    def require_rows_of(self, table: Any) -> None:
        """Raise ParameterError unless each column of a table has a value for each row."""
        for name in column_names(table):
            _require_length(f"column {plain(name)!r}", len(table[name]), self.n_samples)

    def _box(self, step: Box) -> np.ndarray:
        edges = step.x0, step.x1, step.y0, step.y1
        if self.index is not None:
            return self._marked(self.index.box(*edges))
        assert self._xy is not None
        return geometry.in_box(*self._xy, *edges)

    def _lasso(self, step: Lasso) -> np.ndarray:
        if self.index is not None:
            return self._marked(self.index.inside(step.polygon))
        assert self._xy is not None
        return geometry.in_polygon(*self._xy, step.polygon)

    def _nearest(self, step: Nearest) -> np.ndarray:
        if self.index is not None:
            return self.index.nearest(step.x, step.y, step.k, aspect=step.aspect)
        assert self._xy is not None
        return geometry.nearest(*self._xy, (step.x, step.y), step.k, step.aspect)

    def _marked(self, rows: np.ndarray) -> np.ndarray:
        mask = np.zeros(self.n_samples, dtype=bool)
        mask[rows] = True
        return mask

    def _values(self, channel: str) -> tuple[np.ndarray, np.ndarray]:
        """Numbers of a column of the table, or of a channel of the index, and where there is none."""
        if self._in_table(channel):
            values, gaps = values_and_gaps(self.table[channel])
        else:
            self._require_channel(channel, self.index.values if self.index is not None else {})
            assert self.index is not None
            values, gaps = values_and_gaps(self.index.channel(channel))
        if values.dtype.kind not in "iuf" or values.ndim != 1:
            got = f"{values.dtype} of shape {values.shape}"
            raise wrong(f"channel {channel!r}", "one number per row", got, "Use `category` for labels.")
        return values, gaps

    def _category(self, channel: str) -> _Coded:
        if ("category", channel) not in self._coded:
            if self._in_table(channel):
                coded = _encoded(f"column {plain(channel)!r}", self.table[channel])
            else:
                self._require_channel(channel, self.index.categories if self.index is not None else {})
                assert self.index is not None
                coded = _Coded(self.index.channel(channel), self.index.categories[channel])
            self._coded["category", channel] = coded
        return self._coded["category", channel]

    def _clusters(self) -> _Coded:
        if self.labels is None:
            raise wrong("cluster", "cluster labels", "none", "Make the Selection with labels=.")
        if ("cluster", "") not in self._coded:
            self._coded["cluster", ""] = _encoded("labels", self.labels)
        return self._coded["cluster", ""]

    def _in_table(self, channel: str) -> bool:
        return self.table is not None and channel in column_names(self.table)

    def _require_channel(self, channel: str, of_index: dict[str, Any]) -> None:
        if channel in of_index:
            return
        known = [*(column_names(self.table) if self.table is not None else []), *of_index]
        expected = _choice("a column or channel", known)
        raise wrong(f"channel {plain(channel)!r}", expected, "none such", _hint(channel, known))


def _is_same(a: Any, b: Any) -> bool:
    """Whether two columns are one array, or two views of the same part of one."""
    if a is b or not (isinstance(a, np.ndarray) and isinstance(b, np.ndarray)):
        return a is b
    places = [array.__array_interface__["data"][0] for array in (a, b)]
    return places[0] == places[1] and a.dtype == b.dtype and a.strides == b.strides


def in_range(values: np.ndarray, low: float | None, high: float | None) -> np.ndarray:
    """Return the mask of values in [low, high]; NaN is in none. Exact for 64-bit integers, and for float32.

    Examples
    --------
    >>> in_range(np.array([2**62, 2**62 + 1]), 2**62 + 1, None)
    array([False,  True])
    """
    inside = ~np.isnan(values) if values.dtype.kind == "f" else np.ones(len(values), dtype=bool)
    if low is not None:
        inside &= values >= _bound(values, low, math.ceil)
    if high is not None:
        inside &= values <= _bound(values, high, math.floor)
    return inside


def _bound(values: np.ndarray, bound: float, to_whole: Any) -> Any:
    """The bound in a type that compares exactly: Python integers for integers, else float64."""
    return to_whole(bound) if values.dtype.kind in "iu" else np.float64(bound)


def _coordinates(x: Any, y: Any, n_samples: int) -> tuple[np.ndarray, np.ndarray]:
    arrays = np.asarray(x), np.asarray(y)
    for name, array in zip("xy", arrays, strict=True):
        if array.ndim != 1 or array.dtype.kind not in "iuf":
            raise wrong(
                name, "numbers, one per row", f"{array.dtype} of shape {array.shape}", "Give one column."
            )
        _require_length(name, len(array), n_samples)
    return arrays


def _encoded(what: str, column: Any) -> _Coded:
    from ..index.channels import encode

    values, gaps = values_and_gaps(column)
    if values.dtype.kind not in "biuSUO" or values.ndim != 1:
        got = f"{values.dtype} of shape {values.shape}"
        raise wrong(what, "text, whole numbers or truth values", got, "Use `range` for numbers.")
    codes, labels = encode(column if hasattr(column, "isna") else values)
    return _Coded(np.where(gaps, -1, codes), labels)


def _require_labels(step: Category | Cluster, coded: _Coded) -> None:
    known = set(coded.labels)
    missing = [str(label) for label in step.labels if str(label) not in known]
    if missing:
        expected, hint = _choice("labels", coded.labels), _hint(missing[0], coded.labels)
        raise wrong(step.kind, expected, plain(missing[0]), hint)


def _require_length(what: str, length: int, n_samples: int) -> None:
    if length != n_samples:
        raise wrong(
            what, f"{n_samples:,} rows", f"{length:,}", "Give one value for each row of the selection."
        )


def _choice(what: str, known: list[str]) -> str:
    shown = ", ".join(plain(name) for name in known[:10])
    return f"{what} among {shown}{', ...' * (len(known) > 10)}" if known else f"{what} (there is none here)"


def _hint(name: str, known: list[str]) -> str:
    folded = {other.casefold(): other for other in known[:1000]}
    close = difflib.get_close_matches(name.casefold(), folded, n=1)
    return f"Is {plain(folded[close[0]])!r} what you mean?" if close else "Choose one of those."
