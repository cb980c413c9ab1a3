"""`Selection`: rows of a survey, chosen step by step."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np

from .as_json import read_json, require_saved
from .checks import wrong
from .exports import Exports
from .gestures import Gestures
from .observers import Observers
from .program import Memory, live_steps, names_of, run
from .sources import Sources
from .steps import MAX_SAMPLES, Load, Step

if TYPE_CHECKING:
    from ..index import PointIndex


class _History(NamedTuple):
    past: tuple[Step, ...] = ()
    future: tuple[Step, ...] = ()  # undone, the first to be redone in front


class _Result(NamedTuple):
    past: tuple[Step, ...]
    live: list[Step]
    mask: np.ndarray
    indices: np.ndarray | None = None


class Selection(Gestures, Exports):
    """Rows selected by a program of steps that can be undone, named, kept as JSON, and turned into code.

    It starts with no row selected. Rows with a NaN or infinite coordinate are in no lasso, box or
    neighbourhood; `invert` takes the complement among all rows, theirs too. Saving a name is a step, and
    undone like others.

    Parameters
    ----------
    n_samples : int
        Number of rows; all results are in their order.
    index : PointIndex, optional
        Answers for lasso, box and nearest, about the points as it stores them (float32), and has channels.
    x, y : (n_samples,) array_like, optional
        In place of an index: every point is looked at each time.
    table : DataFrame, astropy Table or dict of arrays, optional
        Columns for `category` and `range`. Arrays are not copied: change them, and cached rows are stale.
    labels : (n_samples,) array_like of int or str, optional
        Of clusters, -1 for noise.

    Raises
    ------
    ParameterError
        When a source has another number of rows, or both an index and x, y are given.

    Examples
    --------
    >>> table = {"class": ["RRAB", "RRC", "CEP", "RRAB"]}
    >>> selection = Selection(4, x=[0.1, 0.2, 0.3, 7.0], y=[0.1, 0.2, 0.3, 7.0], table=table)
    >>> selection.box(0, 1, 0, 1).category("class", "RRAB", "RRC", how="and").indices
    array([0, 1])
    >>> selection.describe()
    '2 of 4 rows: box x in [0, 1), y in [0, 1), and class in RRAB, RRC'
    >>> len(selection.undo())
    3
    """

    def __init__(
        self,
        n_samples: int,
        *,
        index: PointIndex | None = None,
        x: Any = None,
        y: Any = None,
        table: Any = None,
        labels: Any = None,
    ) -> None:
        if isinstance(n_samples, bool) or not isinstance(n_samples, int | np.integer):
            raise wrong("n_samples", "a count of rows", n_samples, "Pass len(x).")
        if not 0 <= n_samples <= MAX_SAMPLES:
            raise wrong("n_samples", f"a count from 0 to {MAX_SAMPLES:,}", n_samples, "Pass len(x).")
        self.n_samples = int(n_samples)
        self._sources = Sources(self.n_samples, index=index, x=x, y=y, table=table, labels=labels)
        self._memory = Memory(self.n_samples, self._sources.mask)
        self._observers = Observers()
        self._lock = threading.RLock()  # messages from a browser may come while the main thread is busy
        self._history = _History()
        self._result = _Result((), [], _read_only(np.zeros(self.n_samples, dtype=bool)))

    @property
    def steps(self) -> tuple[Step, ...]:
        """What was done and not undone, in order."""
        return self._history.past

    @property
    def names(self) -> tuple[str, ...]:
        """Names saved so far, and not undone."""
        return names_of(self.steps)

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to undo."""
        return bool(self._history.past)

    @property
    def can_redo(self) -> bool:
        """Whether a step was undone, and none was added since."""
        return bool(self._history.future)

    @property
    def mask(self) -> np.ndarray:
        """(n_samples,) bool, True where selected; read-only, computed when first asked for after a change."""
        return self._evaluated().mask

    @property
    def indices(self) -> np.ndarray:
        """(n_selected,) int64, the selected rows, ascending; read-only."""
        with self._lock:
            result = self._evaluated()
            if result.indices is None:
                result = result._replace(indices=_read_only(np.flatnonzero(result.mask)))
                self._result = result
            assert result.indices is not None
            return result.indices

    def __len__(self) -> int:
        return int(np.count_nonzero(self.mask))

    def saved(self, name: str) -> np.ndarray:
        """(n_samples,) bool, the rows that were saved under a name, whatever is selected now; read-only.

        Examples
        --------
        >>> selection = Selection(4).ids([0, 1]).save("pair").ids([3])
        >>> selection.saved("pair")
        array([ True,  True, False, False])
        """
        with self._lock:
            steps = (*self._history.past, Load(name))
            require_saved(steps)
            return _read_only(run(live_steps(steps), self.n_samples, self._memory))

    def add_columns(self, columns: Mapping[str, Any]) -> Self:
        """Let `range` and `category` know further columns, beside those of the table; nothing is copied.

        Parameters
        ----------
        columns : dict of (n_samples,) arrays
            A name that is known already stands for its own column only.

        Examples
        --------
        >>> Selection(3).add_columns({"score": [0.1, 0.5, 0.9]}).range("score", 0.4, None).indices
        array([1, 2])
        """
        with self._lock:
            self._sources.add_columns(columns)
        return self

    def undo(self) -> Self:
        """Take the last step back; nothing happens where there is none."""
        return self._change(_undone)

    def redo(self) -> Self:
        """Do again what was undone last; nothing happens where there is none, or a step was added since."""
        return self._change(_redone)

    def observe(self, callback: Callable[[Selection], object]) -> None:
        """Have `callback(selection)` called once after each change, whoever makes it.

        A change stays when a callback fails: the others are called, then the error is raised (several as a
        group).

        Examples
        --------
        >>> selection, lengths = Selection(5), []
        >>> selection.observe(lambda changed: lengths.append(len(changed)))
        >>> _ = selection.ids([1, 2]).invert().undo()
        >>> lengths
        [2, 3, 2]
        """
        self._observers.add(callback)

    def unobserve(self, callback: Callable[[Selection], object]) -> None:
        """Call `callback` no longer; nothing happens where it was not called before."""
        self._observers.remove(callback)

    def from_json(self, text: str) -> Self:
        """Put a program in place of this one; its steps can be undone one by one, those before it cannot.

        Read strictly: anything that `to_json` does not write is one ParameterError, and changes nothing. A
        program may come from a table of another length, as long as no step names row numbers.

        Examples
        --------
        >>> kept = Selection(5).ids([1, 2]).invert().to_json()
        >>> Selection(5).from_json(kept).indices
        array([0, 3, 4])
        """
        steps = tuple(read_json(text, self.n_samples))
        for step in steps:
            self._sources.require(step)
        return self._change(lambda _: _History(steps))

    def _add(self, step: Step) -> Self:
        self._sources.require(step)
        return self._change(lambda history: _added(history, step))

    def _change(self, change: Callable[[_History], _History]) -> Self:
        with self._lock:
            before = self._history
            self._history = change(before)
            if self._history is before:
                return self
        self._observers.tell(self)
        return self

    def _evaluated(self) -> _Result:
        with self._lock:
            past = self._history.past
            if past is not self._result.past:
                live = live_steps(past)
                if live == self._result.live:  # a name was saved: the same rows
                    self._result = self._result._replace(past=past)
                else:
                    mask = run(live, self.n_samples, self._memory)
                    self._result = _Result(past, live, _read_only(mask))
            return self._result


def _added(history: _History, step: Step) -> _History:
    require_saved((*history.past, step))
    return _History((*history.past, step))


def _undone(history: _History) -> _History:
    past, future = history
    return _History(past[:-1], (past[-1], *future)) if past else history


def _redone(history: _History) -> _History:
    past, future = history
    return _History((*past, future[0]), future[1:]) if future else history


def _read_only(array: np.ndarray) -> np.ndarray:
    array.flags.writeable = False
    return array
