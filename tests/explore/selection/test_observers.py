"""Callbacks hear of each change once, whoever makes it, and none can spoil it."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from astrokit.errors import ParameterError
from astrokit.explore.selection import Selection


def heard(selection):
    lengths = []
    selection.observe(lambda changed: lengths.append(len(changed)))
    return lengths


def test_each_change_is_told_once():
    selection = Selection(10)
    lengths = heard(selection)
    selection.ids([1, 2]).invert().save("a").undo().undo().redo().clear().from_json(selection.to_json())
    assert lengths == [2, 8, 8, 8, 2, 8, 0, 0]


def test_what_changes_nothing_is_not_told():
    selection = Selection(10)
    lengths = heard(selection)
    selection.undo().redo()
    with pytest.raises(ParameterError):
        selection.ids([10])
    assert lengths == []
    assert selection.steps == ()


def test_a_callback_observes_once_and_can_stop():
    selection, told = Selection(10), []
    selection.observe(told.append)
    selection.observe(told.append)
    selection.ids([1])
    selection.unobserve(told.append)
    selection.unobserve(told.append)
    selection.ids([2])
    assert len(told) == 1


def test_a_failing_callback_loses_neither_the_change_nor_the_others():
    selection = Selection(10)

    def fail(_):
        raise RuntimeError("mine")

    selection.observe(fail)
    lengths = heard(selection)
    with pytest.raises(RuntimeError, match="mine"):
        selection.ids([1, 2])
    assert (lengths, selection.indices.tolist()) == ([2], [1, 2])
    selection.observe(lambda _: fail(_))
    with pytest.raises(ExceptionGroup) as group:
        selection.invert()
    assert [str(error) for error in group.value.exceptions] == ["mine", "mine"]
    assert (lengths, len(selection)) == ([2, 8], 8)
    selection.unobserve(fail)


def test_a_change_from_within_a_callback_is_told_after_the_first():
    selection, order = Selection(10), []

    def complete(changed):
        order.append(("complete", len(changed)))
        if len(changed) == 2:
            changed.invert()

    selection.observe(complete)
    selection.observe(lambda changed: order.append(("map", len(changed))))
    selection.ids([1, 2])
    # The second callback is called late for the first change, and sees the selection as it is by then.
    assert order == [("complete", 2), ("map", 8), ("complete", 8), ("map", 8)]


def test_callbacks_that_never_rest_are_an_error():
    selection = Selection(10)
    selection.observe(lambda changed: changed.invert())
    with pytest.raises(ParameterError, match="come to rest"):
        selection.ids([1])
    selection._observers._callbacks = []
    assert len(selection.clear()) == 0


def test_a_callback_must_be_one():
    with pytest.raises(ParameterError, match="a function of the selection, got str"):
        Selection(3).observe("print")


def test_steps_from_several_threads_are_all_kept_and_told():
    selection = Selection(400)
    lengths = heard(selection)

    def add(first):
        for row in range(first, first + 100):
            selection.ids([row], how="or")

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # switch as often as can be
    try:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(add, [0, 100, 200, 300]))
    finally:
        sys.setswitchinterval(interval)
    assert (len(selection.steps), len(selection), len(lengths)) == (400, 400, 400)
