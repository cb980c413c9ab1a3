"""What is between us and causal-learn: its numbers for marks, its prints, its tests."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Iterator

import numpy as np

from .graph import ARROW, CIRCLE, NONE, TAIL

# causal-learn writes the mark at i of the edge i - j into graph[i, j]: -1 a tail, 1 an arrow, 2 a circle.
_MARKS = {0: NONE, -1: TAIL, 1: ARROW, 2: CIRCLE}


def marks_of(graph: np.ndarray) -> np.ndarray:
    """Marks as of `CausalGraph` from causal-learn's matrix of endpoints."""
    marks = np.zeros(graph.shape, dtype=np.int8)
    endpoints = graph.T
    for number, mark in _MARKS.items():
        marks[endpoints == number] = mark
    return marks


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep the library's prints and warnings to itself."""
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
