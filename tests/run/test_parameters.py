"""Parameters are data: what is not declared, or not of the declared type, never reaches a kernel."""

import pytest

from astrokit.errors import NotebookError, ParameterError
from astrokit.run.parameters import Parameter, declared, split_assignment

SOURCE = """
n_sources = 400
scale: float = 1
tolerance = 1e-3
label = "x"
source = "embedded"  # one of: "embedded", "real", "file"; see the guide
level = 2  # one of: 1, 2 or 3
flag = False
path = None
file: str | None = None
bands = ["g", "r"]
limits = (0, 1)
options = {"a": 1}
computed = n_sources * 2
a, b = 1, 2
"""


def cell(source, *tags):
    return {"cell_type": "code", "metadata": {"tags": list(tags)}, "source": source}


@pytest.fixture
def known():
    return declared({"cells": [cell("n_sources = 1"), cell(SOURCE, "parameters")]}, "one")


def test_the_tagged_cell_declares_its_plain_assignments_and_nothing_else(known):
    assert {name: p.kind for name, p in known.items()} == {
        "n_sources": "integer",
        "scale": "number",
        "tolerance": "number",
        "label": "text",
        "source": "text",
        "level": "integer",
        "flag": "true or false",
        "path": "any scalar",
        "file": "text",
        "bands": "list",
        "limits": "list",
        "options": "mapping",
    }
    assert known["n_sources"].default == 400


def test_a_comment_behind_the_assignment_states_the_choices(known):
    assert known["source"].choices == ("embedded", "real", "file")
    assert known["level"].choices == ("1", "2", "3")
    assert known["label"].choices == ()


def test_a_notebook_without_a_tagged_cell_declares_nothing():
    assert declared({"cells": [cell("n = 1")]}, "one") == {}


def test_a_parameters_cell_that_is_not_python_is_refused():
    with pytest.raises(NotebookError, match="plain Python assignments"):
        declared({"cells": [cell("%matplotlib inline\nn = 1", "parameters")]}, "one")


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("n_sources", "12", 12),
        ("n_sources", "-3", -3),
        ("scale", "2", 2.0),
        ("tolerance", "5e-2", 0.05),
        ("tolerance", ".5", 0.5),
        ("label", "", ""),
        ("label", "a=b", "a=b"),
        ("label", "12", "12"),
        ("label", "True", "True"),
        ("label", "caf\u00e9 \u2600", "caf\u00e9 \u2600"),
        ("source", "real", "real"),
        ("level", "3", 3),
        ("flag", "true", True),
        ("flag", "False", False),
        ("path", "none", None),
        ("path", "7", 7),
        ("path", "0.5", 0.5),
        ("path", "true", True),
        ("path", "data/my table.csv", "data/my table.csv"),
        ("file", "7", "7"),
        ("bands", '["i", "z"]', ["i", "z"]),
        ("limits", "[2, 3]", [2, 3]),
        ("options", '{"b": [1, null]}', {"b": [1, None]}),
    ],
)
def test_text_is_read_by_the_declared_type(known, name, text, value):
    read = known[name].parse(text)
    assert read == value
    assert type(read) is type(value)


HOSTILE_VALUES = [
    ("n_sources", "__import__('os')"),
    ("n_sources", "1;import os"),
    ("n_sources", "1\nimport os"),
    ("n_sources", "1.0"),
    ("n_sources", "1_000"),
    ("n_sources", " 1"),
    ("n_sources", "0x10"),
    ("n_sources", "\u0661\u0662"),
    ("n_sources", "9" * 30),
    ("n_sources", "9" * 5000),
    ("n_sources", "True"),
    ("n_sources", ""),
    ("tolerance", "1_0.5"),
    ("tolerance", " 0.5"),
    ("tolerance", "nan"),
    ("tolerance", "inf"),
    ("tolerance", "-Infinity"),
    ("tolerance", "1e999"),
    ("tolerance", "1e5+exit()"),
    ("tolerance", "float('nan')"),
    ("flag", "1"),
    ("flag", "yes"),
    ("flag", "not False"),
    ("source", "embedded'; import os"),
    ("source", "Embedded"),
    ("level", "4"),
    ("label", "a\0b"),
    ("label", "\udcff"),
    ("path", "9" * 30),
    ("bands", "['i']"),
    ("bands", "[1, 2]"),
    ("bands", '"i"'),
    ("bands", "[__import__('os')]"),
    ("bands", "[" * 100_000),
    ("options", '{"a": ' * 500 + "1" + "}" * 500),
    ("limits", "[0, NaN]"),
    ("limits", "[0, 1e999]"),
    ("options", "[1]"),
    ("options", '{"a": Infinity}'),
    ("options", '{"a": "\\u0000"}'),
]


@pytest.mark.parametrize(("name", "text"), HOSTILE_VALUES)
def test_a_value_that_is_not_of_the_declared_type_is_refused(known, name, text):
    with pytest.raises(ParameterError, match=f"parameter '{name}'"):
        known[name].parse(text)


HOSTILE_ASSIGNMENTS = [
    "",
    "x",
    "=1",
    "x;import os=1",
    "x\n=1",
    "x\nimport os\ny=1",
    "x =1",
    " x=1",
    "x.y=1",
    "x[0]=1",
    "os.environ['A']=1",
    "__import__('os')=1",
    "*x=1",
    "x:int=1",
    "-x=1",
    "1x=1",
    "\u200bx=1",
    "x#=1",
    "(x)=1",
    "lambda: x=1",
]


@pytest.mark.parametrize("text", HOSTILE_ASSIGNMENTS)
def test_a_name_that_is_no_name_is_refused(text):
    with pytest.raises(ParameterError, match="NAME=VALUE"):
        split_assignment(text)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (True, "n_sources"),
        (1.0, "n_sources"),
        ("1", "n_sources"),
        (2**63, "n_sources"),
        (True, "tolerance"),
        (float("nan"), "tolerance"),
        (1, "flag"),
        (1, "label"),
        (None, "label"),
        (b"x", "label"),
        ([1], "path"),
        (object(), "path"),
        (["g", 1], "bands"),
        ({"a": float("inf")}, "options"),
        ({1: 2}, "options"),
    ],
)
def test_python_values_are_checked_as_strictly(known, value, name):
    with pytest.raises(ParameterError):
        known[name].check(value)


def test_an_integer_serves_where_a_number_is_declared(known):
    assert known["tolerance"].check(2) == 2.0
    assert known["limits"].check((0, 5)) == (0, 5)
    assert known["path"].check(None) is None


def test_the_error_of_a_value_says_what_is_allowed_what_came_and_the_default(known):
    with pytest.raises(ParameterError) as caught:
        known["source"].parse("reel")
    allowed = "one of 'embedded', 'real', 'file'"
    message = f"parameter 'source': expected {allowed}, got 'reel'. The default is 'embedded'."
    assert str(caught.value) == message


def test_a_long_or_unprintable_value_does_not_flood_the_message(known):
    with pytest.raises(ParameterError) as caught:
        known["n_sources"].parse("\x1b[2J" + "9" * 5000)
    assert len(str(caught.value)) < 300
    assert "\x1b" not in str(caught.value)


def test_a_parameter_describes_itself():
    assert str(Parameter("n", "integer", 3)) == "n (integer, default 3)"
    assert str(Parameter("s", "text", "a", ("a", "b"))) == "s ('a' or 'b', default 'a')"
