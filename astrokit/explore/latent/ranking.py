"""Outliers in the order in which a person looks at them: a first ranking, marks, and the ranking after."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...errors import ParameterError
from ...latent import Outliers, rerank
from ...latent.marks import MARKS

MOST_RERANKED = 100_000  # of the strangest: those below were hardly ever strange


class Ranking:
    """A ranking of outliers that marks change.

    Parameters
    ----------
    first : Outliers
    latents : (n_samples, n_latent)

    Examples
    --------
    >>> latents = np.random.default_rng(0).normal(size=(60, 2))
    >>> ranking = Ranking(Outliers(np.hypot(*latents.T), "radius"), latents)
    >>> strangest = int(ranking.order[0])
    >>> ranking.outliers(ranking.first, {strangest: "boring"}).order[0] == strangest
    np.False_
    """

    def __init__(self, first: Outliers, latents: np.ndarray) -> None:
        self.first, self._latents = first, latents
        self.take(first)

    def take(self, outliers: Outliers) -> None:
        """Make a ranking the present one."""
        self.present, self.order = outliers, outliers.order

    def outliers(self, first: Outliers, marks: dict[int, str]) -> Outliers:
        """The ranking after some marks; the first one without any.

        Of more than 100,000 sources so many of the strangest are ranked anew, and the others score 0.
        """
        if not marks:
            return first
        if len(first.scores) <= MOST_RERANKED:
            return rerank(first, self._latents, marks)
        rows = np.union1d(first.order[:MOST_RERANKED], list(marks))
        places = {int(np.searchsorted(rows, row)): mark for row, mark in marks.items()}
        found = rerank(Outliers(first.scores[rows], first.method), self._latents[rows], places)
        scores = np.where(np.isfinite(first.scores), 0.0, np.nan)
        scores[rows] = found.scores
        return Outliers(scores, found.method)


class Marks:
    """What a person said of sources, step by step.

    Examples
    --------
    >>> marks = Marks(10)
    >>> marks.set(3, "boring"), marks.set(3, "interesting"), marks.undo(), marks.given
    (None, None, 3, {3: 'boring'})
    """

    def __init__(self, n_samples: int) -> None:
        self._n_samples = n_samples
        self._steps: list[tuple[int, str]] = []

    @property
    def given(self) -> dict[int, str]:
        """{row: "interesting" or "boring"}, the latest for each row."""
        return dict(self._steps)

    def set(self, row: int, mark: str) -> None:
        """Mark a source."""
        if mark not in MARKS or not 0 <= row < self._n_samples:
            raise ParameterError(
                "mark",
                expected=f"{' or '.join(MARKS)}, of a row below {self._n_samples:,}",
                got=f"{mark!r} of row {row}",
                next_step="Nothing was marked.",
            )
        self._steps.append((int(row), mark))

    def replace(self, marks: Any) -> None:
        """Put other marks, {row: mark}, in place of all."""
        other = Marks(self._n_samples)
        for row, mark in dict(marks).items():
            other.set(int(row), mark)
        self._steps = other._steps

    def undo(self) -> int | None:
        """Take the last mark back; its row, None where there is none."""
        return self._steps.pop()[0] if self._steps else None
