import copy
import json

import numpy as np
import pytest

from astrokit.explore.map.messages import FrameRequest, Lasso, MessageError, parse

VIEW = {"view": [0.0, 1.0, 0.0, 1.0], "width": 640, "height": 480}
FINE = {
    "hello": {"kind": "hello", "client": "a1"},
    "frame": {
        "kind": "frame",
        "client": "a1",
        "id": 3,
        "coarse": False,
        "channel": None,
        "parts": ["counts"],
        **VIEW,
    },
    "hover": {"kind": "hover", "client": "a1", "id": 3, "at": [0.5, 0.5], **VIEW},
    "lasso": {"kind": "lasso", "client": "a1", "polygon": [[0, 0], [1, 0], [1, 1]], "how": "new"},
    "box": {"kind": "box", "client": "a1", "box": [0, 1, 0, 1], "how": "and"},
    "category": {"kind": "category", "client": "a1", "channel": "class", "labels": ["star"], "how": "or"},
    "act": {"kind": "act", "client": "a1", "action": "undo"},
}
NAN, INF = float("nan"), float("inf")
HOSTILE = [
    None,
    "",
    "new'; drop",
    [],
    {},
    True,
    -1,
    1e999,
    NAN,
    INF,
    10**400,
    [[]],
    ["x"] * 5,
    {"a": 1},
    "__class__",
]


@pytest.mark.parametrize("kind", FINE)
def test_each_message_of_the_browser_is_read(kind):
    assert parse(json.loads(json.dumps(FINE[kind]))).client == "a1"


def test_numbers_become_floats_and_arrays():
    assert parse(FINE["frame"]) == FrameRequest("a1", 3, (0, 1, 0, 1), 640, 480, False, None, ("counts",))
    lasso = parse(FINE["lasso"])
    assert isinstance(lasso, Lasso)
    assert np.array_equal(lasso.polygon, [[0, 0], [1, 0], [1, 1]])


@pytest.mark.parametrize(("kind", "key"), [(kind, key) for kind in FINE for key in FINE[kind]])
def test_every_field_refuses_what_it_cannot_be(kind, key):
    texts = ("", "new'; drop", "__class__")
    allowed = {
        ("frame", "channel"): (None, *texts),
        ("frame", "coarse"): (True,),
        ("frame", "parts"): ([],),
        ("category", "channel"): texts,
        ("category", "labels"): (["x"] * 5,),
    }.get((kind, key), ())
    for hostile in HOSTILE:
        if any(type(hostile) is type(fine) and hostile == fine for fine in allowed):
            continue
        message = copy.deepcopy(FINE[kind])
        message[key] = hostile
        with pytest.raises(MessageError, match="Nothing was changed"):
            parse(message)


@pytest.mark.parametrize("key", ["view", "width", "id", "parts", "client", "kind", "coarse"])
def test_a_field_that_is_not_there_is_refused(key):
    message = {name: value for name, value in FINE["frame"].items() if name != key}
    with pytest.raises(MessageError):
        parse(message)


@pytest.mark.parametrize("content", [None, 3, "hello", [], [FINE["hello"]]])
def test_only_dictionaries_are_messages(content):
    with pytest.raises(MessageError, match="a dictionary"):
        parse(content)


@pytest.mark.parametrize(
    "change",
    [
        {"view": [1.0, 0.0, 0.0, 1.0]},
        {"view": [0.0, 0.0, 0.0, 1.0]},
        {"view": [0.0, 1e31, 0.0, 1.0]},
        {"view": [0.0, NAN, 0.0, 1.0]},
        {"view": [0, 1, 0, True]},
        {"width": 0},
        {"width": 4097},
        {"width": 64.5},
        {"id": 2**53},
        {"parts": ["counts"] * 5},
        {"client": "A;1"},
        {"client": "a" * 17},
    ],
)
def test_numbers_out_of_range_are_refused(change):
    with pytest.raises(MessageError):
        parse({**FINE["frame"], **change})


def test_a_polygon_is_no_longer_than_it_may_be():
    with pytest.raises(MessageError, match="20,000 vertices"):
        parse({**FINE["lasso"], "polygon": [[0, 0]] * 20_001})
    with pytest.raises(MessageError):
        parse({**FINE["lasso"], "polygon": [[0, 0], [1, INF], [1, 1]]})


def test_an_error_quotes_only_the_start_of_what_came():
    with pytest.raises(MessageError) as caught:
        parse({**FINE["box"], "how": "x" * 10_000})
    assert len(str(caught.value)) < 300
