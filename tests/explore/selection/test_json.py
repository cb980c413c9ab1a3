"""Programs as JSON: what is written comes back bit for bit; anything else is one clear error."""

import base64
import json
import re
import struct
import time
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from astrokit.errors import ParameterError
from astrokit.explore.selection import Selection
from astrokit.explore.selection.as_json import MAX_JSON, MAX_STEPS
from astrokit.explore.selection.checks import MAX_VERTICES
from astrokit.explore.selection.rows import pack_rows, unpack_rows

FLOAT = st.floats(-1e99, 1e99)


def bits(numbers):
    return [struct.pack("<d", number) for number in np.ravel(numbers)]


def full():
    """A selection with every kind of step in it."""
    grid = np.arange(300.0)
    table = {"class": np.array(["a", "b", "c"] * 100), "id": 2**62 + np.arange(300)}
    selection = Selection(300, x=grid, y=grid % 7, table=table, labels=np.arange(300) % 4 - 1)
    selection.lasso([(0, 0), (99.5, 0.1), (50, 9)]).save("first").box(1, 250.5, 0, 3, how="or").invert()
    selection.cluster(-1, 2, how="and").category("class", "a", "c", how="or").ids([1, 5], how="minus")
    selection.range("id", 2**62 + 1, None, how="and").nearest(7, 3, 20, how="or", aspect=0.3).clear()
    return selection.ids(np.flatnonzero(grid % 3 > 0), how="or").load("first", how="minus")


def test_every_step_comes_back_as_it_was():
    selection = full()
    twin = full().clear().from_json(selection.to_json())
    while selection.can_undo:
        assert twin.to_json() == selection.to_json()
        assert np.array_equal(twin.mask, selection.mask)
        twin.undo(), selection.undo()
    assert not twin.can_undo


@given(st.lists(st.tuples(FLOAT, FLOAT), min_size=3, max_size=6), FLOAT, st.floats(allow_nan=False))
def test_floats_come_back_bit_for_bit(polygon, x, low):
    selection = Selection(1, x=[0.0], y=[0.0], table={"v": [1.0]})
    selection.lasso(polygon).nearest(x, -x).range("v", low, None)
    lasso, nearest, values = (
        Selection(1, x=[0.0], y=[0.0], table={"v": [1.0]}).from_json(selection.to_json()).steps
    )
    assert bits(lasso.polygon) == bits(polygon)
    assert bits([nearest.x, nearest.y]) == bits([x, -x])
    assert values.low is None if np.isinf(low) else bits(values.low) == bits(low)


@settings(deadline=None)
@given(st.sets(st.integers(0, 999)))
def test_row_numbers_come_back_from_their_packed_form(rows):
    rows = np.array(sorted(rows), dtype=np.int64)
    assert np.array_equal(unpack_rows(pack_rows(rows), 1000), rows)


def test_many_rows_take_few_characters():
    rows = np.flatnonzero(np.random.default_rng(0).random(1_000_000) < 0.1)
    text = Selection(1_000_000).ids(rows).to_json()
    assert len(text) < 2 * len(rows)
    assert np.array_equal(Selection(1_000_000).from_json(text).indices, rows)


def test_a_long_session_keeps_what_matters_and_can_be_read_again():
    selection = Selection(50).ids([3]).save("kept")
    for row in range(MAX_STEPS):
        selection.ids([row % 50])
    selection.load("kept", how="or").save("both").invert()
    twin = Selection(50).from_json(selection.to_json())
    assert np.array_equal(twin.indices, selection.indices)
    assert np.array_equal(twin.load("both").indices, [3, (MAX_STEPS - 1) % 50])


def test_a_program_fits_another_table_unless_it_names_rows():
    kept = Selection(3, x=[0, 1, 2], y=[0, 0, 0]).box(0.5, 9, -1, 1)
    assert Selection(4, x=[0, 1, 2, 3], y=[0, 0, 0, 0]).from_json(kept.to_json()).indices.tolist() == [
        1,
        2,
        3,
    ]
    with pytest.raises(ParameterError, match="row numbers of a table of 4 rows, got 3"):
        Selection(4, x=[0, 1, 2, 3], y=[0, 0, 0, 0]).from_json(kept.ids([1]).to_json())


def program(*steps, **changed):
    return json.dumps(
        {"format": "astrokit selection", "version": 1, "n_samples": 9, "steps": steps, **changed}
    )


def step(do, **values):
    return program({"do": do, **values, "how": "new"})


def packed(content):
    return base64.b64encode(zlib.compress(content)).decode()


TRIANGLE = [[0, 0], [1, 0], [0, 1]]
HOSTILE = {
    "empty": "",
    "no JSON": "__import__('os').system('true')",
    "cut": program({"do": "invert"})[:-5],
    "a list": "[]",
    "null": "null",
    "deep": "[" * 100_000,
    "another format": program(format="pickle"),
    "a later version": program(version=2),
    "a version that equals 1": program(version=True),
    "an unknown key": program(run="rm"),
    "a key twice": program().replace('"version"', '"steps": [], "version"'),
    "steps that are no list": program(steps={"do": "invert"}),
    "too many steps": program(*[{"do": "invert"}] * (MAX_STEPS + 1)),
    "an oversized text": program() + " " * MAX_JSON,
    "a step that is no object": program("invert"),
    "an unknown step": program({"do": "__init__"}),
    "a step named by a list": program({"do": ["invert"]}),
    "a method for a step": program({"do": "to_table"}),
    "an unknown key in a step": program({"do": "invert", "how": "new"}),
    "a missing key": program({"do": "box", "x0": 0, "x1": 1, "y0": 0, "how": "new"}),
    "an unknown how": program({"do": "ids", "rows": [1], "how": "xor"}),
    "a how that is a list": program({"do": "ids", "rows": [1], "how": ["new"]}),
    "NaN": step("box", x0=float("nan"), x1=1, y0=0, y1=1),
    "infinity": step("lasso", polygon=[*TRIANGLE, [float("inf"), 0]]),
    "a number that overflows": step("range", channel="v", low=1, high=0).replace(
        '"high": 0', '"high": 1e999'
    ),
    "a number of 5000 digits": step("range", channel="v", low=None, high=0).replace(
        '"high": 0', '"high": ' + "9" * 5000
    ),
    "a coordinate out of bounds": step("nearest", x=1e300, y=0, k=1, aspect=1.0),
    "a whole number out of bounds": step("nearest", x=10**400, y=0, k=1, aspect=1.0),
    "numbers as text": step("lasso", polygon=[["0", "0"], ["1", "0"], ["0", "1"]]),
    "truth values for numbers": step("lasso", polygon=[[True, 0], [1, 0], [0, 1]]),
    "two vertices": step("lasso", polygon=TRIANGLE[:2]),
    "uneven vertices": step("lasso", polygon=[*TRIANGLE, [1]]),
    "a huge vertex": step("lasso", polygon=[*TRIANGLE, [10**400, 0]]),
    "too many vertices": step("lasso", polygon=TRIANGLE * MAX_VERTICES),
    "a box inside out": step("box", x0=1, x1=0, y0=0, y1=1),
    "a range inside out": step("range", channel="v", low=2, high=1),
    "a fractional k": step("nearest", x=0, y=0, k=1.5, aspect=1.0),
    "no neighbour": step("nearest", x=0, y=0, k=0, aspect=1.0),
    "a negative aspect": step("nearest", x=0, y=0, k=1, aspect=-1),
    "an unknown channel": step("range", channel="__class__", low=1, high=2),
    "an unknown label": step("category", channel="c", labels=["<script>"]),
    "no label": step("cluster", labels=[]),
    "labels that are one text": step("cluster", labels="abc"),
    "a label that is an object": step("cluster", labels=[{}]),
    "a long label": step("category", channel="c", labels=["x" * 10_000]),
    "a row too many": step("ids", rows=[9]),
    "a negative row": step("ids", rows=[-1]),
    "a fractional row": step("ids", rows=[1.0]),
    "packed rows that are no base64": step("ids", rows=packed(b"\1\0\0\0") + "!"),
    "packed rows that are not deflated": step("ids", rows="AAAA"),
    "a deflate bomb": step("ids", rows=packed(bytes(200_000_000))),
    "packed rows cut short": step("ids", rows=packed(b"\1\0\0")),
    "packed rows with more behind": step(
        "ids", rows=base64.b64encode(zlib.compress(b"\1\0\0\0") + b"x").decode()
    ),
    "packed rows that repeat": step("ids", rows=packed(struct.pack("<3I", 1, 0, 1))),
    "a name never saved": step("load", name="a"),
    "a name saved too late": program({"do": "load", "name": "a", "how": "new"}, {"do": "save", "name": "a"}),
    "an empty name": program({"do": "save", "name": ""}),
    "a name of half a character": program({"do": "save", "name": "\ud800"}),
    "another number of rows": program({"do": "ids", "rows": [1], "how": "new"}, n_samples=8),
    "a fractional number of rows": program(n_samples=9.0),
}


def strict():
    table = {"v": np.arange(9.0), "c": np.array(["a", "b", "c"] * 3)}
    selection = Selection(9, x=np.arange(9.0), y=np.zeros(9), table=table, labels=np.arange(9) % 2)
    return selection.box(0, 5, -1, 1).save("mine").invert().undo()


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_program_is_one_error_and_changes_nothing(text):
    selection, told = strict(), []
    before = selection.steps, selection.to_json(), selection.mask.tolist(), selection.can_redo
    selection.observe(told.append)
    started = time.perf_counter()
    with pytest.raises(ParameterError) as error:
        selection.from_json(text)
    assert time.perf_counter() - started < 5
    assert len(str(error.value)) < 700
    assert re.search("expected .+, got .+", str(error.value), re.DOTALL)
    assert (selection.steps, selection.to_json(), selection.mask.tolist(), selection.can_redo) == before
    assert told == []


@pytest.mark.parametrize("text", [b"{}", None, 3, {"format": "astrokit selection"}])
def test_only_text_is_read(text):
    with pytest.raises(ParameterError, match="text of at most"):
        strict().from_json(text)


def test_what_the_hostile_programs_distort_is_read():
    good = [
        step("lasso", polygon=TRIANGLE),
        step("box", x0=0, x1=1, y0=0, y1=1),
        step("range", channel="v", low=1, high=2),
        step("nearest", x=0, y=0, k=1, aspect=1.0),
        step("category", channel="c", labels=["a"]),
        step("cluster", labels=[0, "1"]),
        step("ids", rows=[8]),
        step("ids", rows=packed(struct.pack("<3I", 1, 1, 1))),
        program({"do": "save", "name": "a"}, {"do": "load", "name": "a", "how": "or"}, {"do": "clear"}),
    ]
    for text in good:
        strict().from_json(text)


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_a_program_with_one_value_exchanged_is_read_or_refused(data):
    text = full().to_json()
    parsed = json.loads(text)
    entry = data.draw(st.sampled_from([parsed, *parsed["steps"]]))
    entry[data.draw(st.sampled_from(sorted(entry)))] = data.draw(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
            ),
            max_leaves=8,
        )
    )
    selection = full()
    try:
        selection.from_json(json.dumps(parsed))
    except ParameterError:
        assert selection.to_json() == text
    else:
        assert len(selection.to_python()) > 0
