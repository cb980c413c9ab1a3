"""Names that a person gives to clusters: they stay with the sources, whatever the sliders do."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...cluster.continuity import SAME
from ...errors import ParameterError
from ..selection.rows import pack_rows, unpack_rows

MOST_LETTERS = 80


class Names:
    """Names, each with the sources that the cluster held when it was named.

    A cluster has a name when it shares more than half of the sources of both together with the one that was
    named. So a name is lost when its cluster dissolves, and there again when it comes back.

    Examples
    --------
    >>> names = Names()
    >>> names.give("dwarfs", np.array([1, 2, 3]))
    >>> names.of(np.array([0, 1, 1, 1, 1])), names.of(np.array([0, 0, 1, 1, 1]))
    ({1: 'dwarfs'}, {})
    """

    def __init__(self) -> None:
        self._given: list[tuple[str, np.ndarray]] = []

    def give(self, text: str, members: np.ndarray) -> None:
        """Name the cluster with these sources; "" takes its name away.

        Parameters
        ----------
        text : str
        members : (n_members,)
            Ascending rows.
        """
        if not isinstance(text, str) or len(text) > MOST_LETTERS:
            raise ParameterError(
                "name of a cluster",
                expected=f"a text of at most {MOST_LETTERS} letters",
                got=repr(text)[:100],
                next_step="Choose a shorter one.",
            )
        text = " ".join(text.split())
        self._given = [(name, rows) for name, rows in self._given if not _are_same(rows, members)]
        if text:
            self._given.append((text, members))

    def of(self, labels: np.ndarray, among: np.ndarray | None = None) -> dict[int, str]:
        """The names of the present clusters.

        Parameters
        ----------
        labels : (n_samples,)
        among : (n_rows,), optional
            The rows that members are drawn from, where these are not all.
        """
        own = labels if among is None else labels[among]
        sizes = np.bincount(own[own >= 0]) if self._given else np.empty(0, int)
        found = {}
        for text, rows in self._given:
            inside = labels[rows]
            shared = np.bincount(inside[inside >= 0], minlength=len(sizes))
            likeness = shared[: len(sizes)] / np.maximum(len(rows) + sizes - shared[: len(sizes)], 1)
            if len(likeness) and likeness.max() > SAME:
                found[int(likeness.argmax())] = text
        return found

    @property
    def state(self) -> list[list[str]]:
        """Names, and their sources packed as text."""
        return [[text, pack_rows(rows)] for text, rows in self._given]

    def restore(self, state: Any, n_samples: int) -> None:
        """Put the names of a state in place of all."""
        other = Names()
        for text, packed in state:
            rows = unpack_rows(packed, n_samples)
            if len(rows) and rows[-1] >= n_samples:
                raise ParameterError(
                    "names of clusters",
                    expected=f"rows below {n_samples:,}",
                    got=int(rows[-1]),
                    next_step="Use a state of the same data.",
                )
            other.give(text, rows)
        self._given = other._given


def _are_same(rows: np.ndarray, others: np.ndarray) -> bool:
    shared = len(np.intersect1d(rows, others, assume_unique=True))
    return shared > SAME * (len(rows) + len(others) - shared)
