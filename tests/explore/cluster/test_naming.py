import numpy as np
import pytest

from astrokit.errors import ParameterError
from astrokit.explore.cluster.naming import Names


def labelled(*sizes):
    """0, 1, ... for clusters of these sizes, then ten of noise."""
    return np.concatenate([np.repeat(np.arange(len(sizes)), sizes), np.full(10, -1)])


@pytest.fixture
def names():
    names = Names()
    names.give("dwarfs", np.arange(40))
    names.give("giants", np.arange(40, 60))
    return names


def test_a_cluster_with_mostly_the_same_sources_has_the_name(names):
    assert names.of(labelled(40, 20)) == {0: "dwarfs", 1: "giants"}
    assert names.of(labelled(30, 10, 20)) == {0: "dwarfs", 2: "giants"}  # a quarter of the dwarfs split off


def test_half_a_cluster_is_another_one_and_so_is_one_twice_as_large(names):
    assert names.of(labelled(20, 20, 20)) == {2: "giants"}
    assert names.of(labelled(60)) == {0: "dwarfs"}  # 40 of 60; the giants are a third of it
    assert names.of(np.full(70, -1)) == {}


def test_a_name_given_again_takes_the_place_of_the_old_one(names):
    names.give("  small\n stars ", np.arange(38))
    assert names.of(labelled(40, 20)) == {0: "small stars", 1: "giants"}
    names.give("", np.arange(40, 60))
    assert names.of(labelled(40, 20)) == {0: "small stars"}


def test_names_among_some_sources_are_compared_with_those_alone(names):
    every_other = np.arange(0, 70, 2)
    names = Names()
    names.give("dwarfs", np.arange(0, 40, 2))
    assert names.of(labelled(40, 20), every_other) == {0: "dwarfs"}
    assert names.of(labelled(40, 20)) == {}  # half of the cluster as it is among all


def test_names_come_back_from_their_state(names):
    other = Names()
    other.restore(names.state, 70)
    assert other.of(labelled(40, 20)) == names.of(labelled(40, 20))
    with pytest.raises(ParameterError):
        other.restore(names.state, 20)
    assert other.of(labelled(40, 20)) == {0: "dwarfs", 1: "giants"}


@pytest.mark.parametrize("text", ["a" * 81, 3, None])
def test_what_is_no_short_text_is_no_name(names, text):
    with pytest.raises(ParameterError, match="80 letters"):
        names.give(text, np.arange(40))
    assert names.of(labelled(40, 20))[0] == "dwarfs"
