"""A causal graph as it can be known from independences: some arrows, some lines without direction."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from ...errors import ParameterError

NONE, TAIL, ARROW, CIRCLE = 0, 1, 2, 3
_LEFT = {TAIL: "-", ARROW: "<", CIRCLE: "o"}
_RIGHT = {TAIL: "-", ARROW: ">", CIRCLE: "o"}


class Edge(NamedTuple):
    """One edge: how it is drawn, and how often and how surely it was found."""

    source: str
    target: str
    mark: str  # "-->", "---", "<->", "o->", "o-o" or "o--"
    frequency: float  # share of the bootstraps that join the two; NaN without bootstraps
    same_mark: float  # share of those that give the edge the same marks
    p_value: float  # the largest of all tests of the two, whatever was conditioned on
    q_value: float  # the same after the Benjamini-Yekutieli correction over all pairs

    def __str__(self) -> str:
        return f"{self.source} {self.mark} {self.target}"


@dataclass(frozen=True, repr=False)
class CausalGraph:
    """What `discover` found.

    Attributes
    ----------
    names : tuple of str
        The n variables.
    marks : (n, n) int8
        `marks[i, j]` is the mark at j of the edge between i and j: 0 no edge, 1 a tail, 2 an arrow head,
        3 a circle (either). i --> j has ``marks[i, j] == 2`` and ``marks[j, i] == 1``.
    kind : str
        "cpdag" (no hidden common causes assumed) or "pag" (hidden common causes allowed).
    p_values, q_values : (n, n)
        Of each pair: the largest p-value of all its tests, which bounds that of the edge, and its correction.
    frequency, same_mark : (n, n)
        Shares of the bootstraps; NaN without.
    n_samples, n_used : int
        Rows given, and rows that each test saw.
    whole : CausalGraph, optional
        With bootstraps: the graph of one run on all rows.
    """

    names: tuple[str, ...]
    marks: np.ndarray
    kind: str
    algorithm: str
    test: str
    alpha: float
    n_samples: int
    n_used: int
    p_values: np.ndarray
    q_values: np.ndarray
    frequency: np.ndarray
    same_mark: np.ndarray
    n_bootstraps: int = 0
    whole: CausalGraph | None = field(default=None)

    @property
    def edges(self) -> list[Edge]:
        """All edges, those with an arrow from its source to its target."""
        return [self._edge(*pair) for pair in zip(*np.nonzero(np.triu(self.marks, 1)), strict=True)]

    def _edge(self, i: int, j: int) -> Edge:
        if self.marks[i, j] != ARROW and self.marks[j, i] == ARROW:
            i, j = j, i
        mark = f"{_LEFT[int(self.marks[j, i])]}-{_RIGHT[int(self.marks[i, j])]}"
        numbers = (array[i, j] for array in (self.frequency, self.same_mark, self.p_values, self.q_values))
        return Edge(self.names[i], self.names[j], mark, *map(float, numbers))

    def shd(self, truth: Any) -> int:
        """Structural Hamming distance: pairs whose edge or marks differ from what the truth lets be known.

        Parameters
        ----------
        truth : (n, n) array_like
            The true acyclic graph, variables in the order of `names`: ``truth[i, j] = 1`` for i -> j. It is
            turned into the graph of its equivalence class first: a CPDAG, or a PAG for a PAG.

        Raises
        ------
        ParameterError
            Another shape, values other than 0 and 1, or a cycle.
        """
        from .equivalence import class_of

        return int(differs(self.marks, class_of(truth, len(self.names), self.kind)).sum())

    def text(self) -> str:
        """The graph in words: how it was found, and a line for each edge."""
        used = "" if self.n_used == self.n_samples else f" ({self.n_used:,} of them for each test)"
        head = (
            f"{self.algorithm.upper()} with {self.test} at {self.alpha:g}: {len(self.edges)} edges between "
            f"{len(self.names)} variables, from {self.n_samples:,} rows{used}"
        )
        if self.n_bootstraps:
            head += f"; the majority of {self.n_bootstraps} bootstraps"
        return "\n".join([head, *(f"  {self._line(edge)}" for edge in self.edges)])

    def _line(self, edge: Edge) -> str:
        line = f"{edge}  q = {edge.q_value:.2g}"
        if self.n_bootstraps:
            line += f", joined in {edge.frequency:.0%} of the bootstraps, so in {edge.same_mark:.0%} of those"
        return line

    def __repr__(self) -> str:
        return self.text()


def differs(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """For each pair i < j, whether the edge or a mark of it differs; (n (n - 1) / 2,) bool."""
    i, j = np.triu_indices(len(one), 1)
    return (one[i, j] != other[i, j]) | (one[j, i] != other[j, i])


def check_names(names: Any, n: int) -> tuple[str, ...]:
    """Names as texts; one for each of `n` variables, no two alike."""
    found = tuple(str(name) for name in names)
    if len(found) != n or len(set(found)) != n:
        raise ParameterError(
            "names",
            expected=f"{n} different names, one for each variable",
            got=f"{len(found)}, {len(set(found))} of them different",
            next_step="Name every column once.",
        )
    return found
