import itertools

import numpy as np
import pytest

from astrokit.errors import ParameterError
from astrokit.evaluation import share_out

VALUES = {"a": 3.0, "b": 1.0, "c": 0.0}


def additive(present):
    return 10 + sum(VALUES[player] for player in present)


def test_players_that_add_up_get_what_they_add():
    shares, scores = share_out(additive, list(VALUES))
    assert {player: float(share) for player, share in shares.items()} == pytest.approx(VALUES)
    assert len(scores) == 8
    assert scores[()] == 10


def test_shares_are_means_over_all_orders_of_coming():
    rng = np.random.default_rng(0)
    worth = {
        frozenset(each): rng.normal() for size in range(5) for each in itertools.combinations("abcd", size)
    }
    shares, _ = share_out(lambda present: worth[frozenset(present)], "abcd")
    for player in "abcd":
        added = []
        for order in itertools.permutations("abcd"):
            before = frozenset(order[: order.index(player)])
            added.append(worth[before | {player}] - worth[before])
        assert float(shares[player]) == pytest.approx(np.mean(added))


def test_of_an_array_each_entry_is_shared_out_and_adds_up():
    rng = np.random.default_rng(1)
    worth = {}

    def hits(present):
        return worth.setdefault(present, rng.random(50))

    shares, scores = share_out(hits, ["x", "y", "z"])
    total = scores["x", "y", "z"] - scores[()]
    np.testing.assert_allclose(sum(shares.values()), total)


def test_every_coalition_is_asked_once_with_its_players_in_order():
    asked = []
    share_out(lambda present: asked.append(present) or 0.0, ["second", "first"])
    assert asked == [(), ("second",), ("first",), ("second", "first")]


@pytest.mark.parametrize("players", [[], ["a", "a"], [str(k) for k in range(9)]])
def test_players_must_be_few_and_different(players):
    with pytest.raises(ParameterError, match="1 to 8 different names"):
        share_out(lambda present: 0.0, players)
