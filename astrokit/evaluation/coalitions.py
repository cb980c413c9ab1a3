"""Where a score comes from: the exact Shapley values of a game between groups of features."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from math import factorial

import numpy as np
from numpy.typing import ArrayLike

from ..errors import ParameterError

MOST_PLAYERS = 8  # 2**8 models


def share_out(
    score: Callable[[tuple[str, ...]], ArrayLike], players: Sequence[str]
) -> tuple[dict[str, np.ndarray], dict[tuple[str, ...], np.ndarray]]:
    """Share out a score among players that can be present or absent (Shapley 1953).

    The share of a player is what its coming adds, averaged over all orders in which the players may come.
    Shares add up to the score of all minus the score of none, and equal players get equal shares. A score may
    be an array, for instance the hits of every row: then each entry is shared out by itself, and the mean of
    a share over rows has an interval (`mean_over_classes`).

    Parameters
    ----------
    score : callable
        Takes the players that are present, in the order of `players`, and returns a number or an array.
        Called once for each of the 2**n_players coalitions.
    players : sequence of str
        At most 8.

    Returns
    -------
    shares : {player: share}
    scores : {coalition: score}

    Raises
    ------
    ParameterError
        No players, too many, or one twice.

    Examples
    --------
    >>> glove = lambda present: float({"left", "right"} <= set(present))
    >>> {player: float(share) for player, share in share_out(glove, ["left", "right", "hat"])[0].items()}
    {'left': 0.5, 'right': 0.5, 'hat': 0.0}
    """
    players = tuple(players)
    n = len(players)
    if not 1 <= n <= MOST_PLAYERS or len(set(players)) != n:
        raise ParameterError(
            "players",
            expected=f"1 to {MOST_PLAYERS} different names",
            got=f"{n}, of which {len(set(players))} different",
            next_step="Put features together into fewer groups.",
        )
    coalitions = [each for size in range(n + 1) for each in itertools.combinations(players, size)]
    scores = {each: np.asarray(score(each), float) for each in coalitions}
    shares = {}
    for player in players:
        share = np.zeros_like(scores[()])
        for without in coalitions:
            if player not in without:
                size = len(without)
                weight = factorial(size) * factorial(n - size - 1) / factorial(n)
                joined = tuple(each for each in players if each in without or each == player)
                share = share + weight * (scores[joined] - scores[without])
        shares[player] = share
    return shares, scores
