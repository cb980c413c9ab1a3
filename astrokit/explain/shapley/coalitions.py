"""Exact values of any function of few features: every coalition, absent features from each background row."""

from __future__ import annotations

from collections.abc import Callable
from math import factorial

import numpy as np

from .raw import bad

MOST_FEATURES = 12
BATCH = 100_000  # rows that the function is given at a time


def by_coalitions(
    answer: Callable[[np.ndarray], np.ndarray], rows: np.ndarray, background: np.ndarray, interactions: bool
) -> tuple[np.ndarray, np.ndarray | None]:
    """Shapley values (n_rows, n_features, n_outputs), and interactions where they are wanted.

    `answer` maps (n, n_features) to (n, n_outputs). The worth of a coalition is the mean answer where its
    features are those of the row and the others those of each background row (Lundberg & Lee 2017, with
    independent features); then Shapley's sum over all coalitions, and that of Grabisch & Roubens (1999).
    """
    n_features = rows.shape[1]
    if n_features > MOST_FEATURES:
        raise bad(
            "data", f"at most {MOST_FEATURES} features for all their coalitions", str(n_features),
            'Take kind="path", which goes by gradients.',
        )  # fmt: skip
    members = (np.arange(2**n_features)[:, None] >> np.arange(n_features) & 1).astype(bool)
    worth = np.stack([_worth(answer, row, background, members) for row in rows])
    values = np.einsum("jc,rck->rjk", _weights(members, 1), worth)
    if not interactions:
        return values, None
    return values, np.einsum("ijc,rck->rijk", _weights(members, 2), worth)


def _worth(
    answer: Callable[[np.ndarray], np.ndarray], row: np.ndarray, background: np.ndarray, members: np.ndarray
) -> np.ndarray:
    """Mean answer (n_coalitions, n_outputs) of one row for every coalition."""
    at_once = max(1, BATCH // len(background))
    parts = []
    for start in range(0, len(members), at_once):
        present = members[start : start + at_once, None]
        mixed = np.where(present, row, background).reshape(-1, len(row))
        answers = answer(mixed)
        parts.append(answers.reshape(present.shape[0], len(background), -1).mean(1))
    return np.concatenate(parts)


def _weights(members: np.ndarray, order: int) -> np.ndarray:
    """What the worth of each coalition counts in each value (order 1) or half-interaction (order 2).

    A value is the mean of v(S+i) - v(S) with weights |S|! (d-|S|-1)! / d!, an interaction that of
    v(S+ij) - v(S+i) - v(S+j) + v(S) with |S|! (d-|S|-2)! / (d-1)!: half of it, since each pair stands twice.
    """
    d, size = members.shape[1], members.sum(1)
    ranks = np.array([factorial(s) * factorial(d - s - order) if s <= d - order else 0 for s in range(d + 1)])
    ranks = ranks / (factorial(d) if order == 1 else 2 * factorial(d - 1))
    signs = np.where(members.T, 1, -1)  # (d, n_coalitions)
    if order == 1:
        return signs * ranks[size - members.T]
    pairs = signs[:, None] * signs[None] * ranks[size - members.T[:, None] - members.T[None]]
    pairs[np.arange(d), np.arange(d)] = 0
    return pairs
