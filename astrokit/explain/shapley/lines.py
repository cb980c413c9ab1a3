"""Gradients along lines, in pieces halved until each adds up to the difference of the answers at its ends."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

NODES, WEIGHTS = np.polynomial.legendre.leggauss(5)  # an odd number, so that one of them is the middle
DEEPEST = 24  # halvings
NUMBERS = 4_000_000  # in one array

Ask = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


def along_lines(
    ask: Ask,
    rows: np.ndarray,
    background: np.ndarray,
    answers: np.ndarray,
    behind: np.ndarray,
    limit: np.ndarray,
) -> np.ndarray:
    """Share of each feature in each answer, the mean over the background: (n_rows, n_features, n_outputs).

    Parameters
    ----------
    ask : function
        Of points (n, n_features): answers (n, n_outputs), gradients (n, n_features, n_outputs).
    answers, behind : (n_rows, n_outputs), (n_background, n_outputs)
        Answers to `rows` and to `background`.
    limit : (n_outputs,)
        By how much a piece of a line may miss the difference of the answers at its ends.
    """
    n_rows, n_features = rows.shape
    values = np.zeros((n_rows, n_features, answers.shape[1]))
    n_lines = n_rows * len(background)
    at_once = max(1, NUMBERS // (len(NODES) * values[0].size))
    for start in range(0, n_lines, at_once):
        of_row, of_background = np.divmod(np.arange(start, min(start + at_once, n_lines)), len(background))
        found = _between(
            ask, background[of_background], rows[of_row], behind[of_background], answers[of_row], limit
        )
        np.add.at(values, of_row, found / len(background))
    return values


def _between(ask, starts, ends, first, last, limit) -> np.ndarray:
    """Shares (n_lines, n_features, n_outputs) in `last` - `first`, along a line from each start to its end.

    Each piece of a line knows what it must add up to: one that misses it by more than `limit` is halved. So a
    kink, as of a ReLU, costs evaluations around it and none elsewhere.
    """
    total = np.zeros((*starts.shape, first.shape[1]))
    line, low, high = np.arange(len(starts)), np.zeros(len(starts)), np.ones(len(starts))
    for depth in range(DEEPEST):
        found, middle = _piece(ask, starts[line], (ends - starts)[line], low, high)
        missed = np.abs(found.sum(1) - (last - first))
        rest = (missed > limit).any(1) & (depth < DEEPEST - 1)
        np.add.at(total, line[~rest], found[~rest])
        if not rest.any():
            break
        half = (low + high)[rest] / 2
        line = np.concatenate([line[rest], line[rest]])
        low, high = np.concatenate([low[rest], half]), np.concatenate([half, high[rest]])
        first, last = (
            np.concatenate([first[rest], middle[rest]]),
            np.concatenate([middle[rest], last[rest]]),
        )
    return total


def _piece(ask, starts, steps, low, high) -> tuple[np.ndarray, np.ndarray]:
    """Gauss-Legendre integral of each piece (n, n_features, n_outputs), and the answer in its middle."""
    length, centre = (high - low) / 2, (high + low) / 2
    at = centre[:, None] + length[:, None] * NODES  # (n, n_nodes)
    points = starts[:, None] + at[..., None] * steps[:, None]
    answers, gradients = ask(points.reshape(-1, starts.shape[1]))
    gradients = gradients.reshape(*at.shape, *gradients.shape[1:])
    mean = np.einsum("q,nqjk->njk", WEIGHTS, gradients)
    return mean * (length[:, None] * steps)[..., None], answers.reshape(*at.shape, -1)[:, len(NODES) // 2]
