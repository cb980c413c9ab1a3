"""A spec is data: read safely, checked whole against the notebooks before anything runs, errors by line."""

import pandas
import pytest

from astrokit.errors import NotebookError, ParameterError
from astrokit.run.sweeps.expansion import expand
from astrokit.run.sweeps.plain_yaml import read_yaml
from astrokit.run.sweeps.spec import read_spec


def parameters(source):
    return [dict(run.parameters) for run in expand(read_spec(source))]


def test_the_grid_is_every_combination_in_the_order_written(spec):
    found = parameters(spec("grid: {n: [1, 2], label: [a, b]}\nparameters: {flag: true}"))
    assert found == [{"flag": True, "n": n, "label": label} for n in (1, 2) for label in "ab"]


def test_a_table_is_a_row_a_run_and_an_empty_cell_leaves_the_default(spec, tmp_path):
    (tmp_path / "runs.csv").write_text('n,label,scale\n1,a,0.5\n2,"b, c",\n')
    assert parameters(spec("table: runs.csv")) == [
        {"n": 1, "label": "a", "scale": 0.5},
        {"n": 2, "label": "b, c"},
    ]


def test_a_table_may_be_columns_parquet_or_a_frame(spec, tmp_path, declaring):
    frame = pandas.DataFrame({"n": [1, 2], "label": ["a", "b"]})
    frame.to_parquet(tmp_path / "runs.parquet")
    wanted = [{"n": 1, "label": "a"}, {"n": 2, "label": "b"}]
    assert parameters(spec("table: runs.parquet")) == wanted
    assert parameters(spec("table: {n: [1, 2], label: [a, b]}")) == wanted
    assert parameters({"notebooks": [declaring], "table": frame}) == wanted


def test_tables_grids_and_draws_multiply(spec, tmp_path):
    (tmp_path / "runs.csv").write_text("label\na\nb\n")
    text = "table: runs.csv\ngrid: {n: [1, 2, 3]}\ndraws: {n: 5, scale: {uniform: [0, 1]}}"
    assert len(parameters(spec(text))) == 2 * 3 * 5


LAWS = """
seed: {seed}
draws:
  n: {n}
  scale: {{{law}}}
"""


@pytest.mark.parametrize(
    ("law", "low", "high"),
    [("uniform: [2, 3]", 2, 3), ("log_uniform: [0.1, 10]", 0.1, 10), ("choice: [1.0, 4.0]", 1, 4)],
)
def test_draws_lie_where_the_law_says_and_come_again(spec, law, low, high):
    drawn = [one["scale"] for one in parameters(spec(LAWS.format(seed=7, n=200, law=law)))]
    again = [one["scale"] for one in parameters(spec(LAWS.format(seed=7, n=200, law=law)))]
    other = [one["scale"] for one in parameters(spec(LAWS.format(seed=8, n=200, law=law)))]
    assert drawn == again != other
    assert all(low <= value <= high for value in drawn)
    assert min(drawn) < low + 0.1 * (high - low)
    assert max(drawn) > high - 0.1 * (high - low)


def test_more_draws_continue_the_stream_and_other_names_do_not_disturb_it(spec):
    few = parameters(spec("draws: {n: 5, scale: {normal: [0, 1]}}"))
    many = parameters(spec("draws: {n: 9, label: {choice: [a, b]}, scale: {normal: [0, 1]}}"))
    assert [one["scale"] for one in many[:5]] == [one["scale"] for one in few]


def test_integers_are_drawn_with_both_ends(declaring):
    laws = {"n": 300, "scale": {"integers": [1, 3]}}
    assert {one["scale"] for one in parameters({"notebooks": [declaring], "draws": laws})} == {1, 2, 3}


def test_a_parameter_goes_to_those_that_declare_it_and_equal_runs_become_one(notebook, spec, tmp_path):
    notebook(tmp_path / "two.ipynb", ("m = 1", "parameters"))
    found = parameters(spec("notebooks: [./one.ipynb, ./two.ipynb]\ngrid: {n: [1, 2], m: [5, 6, 7]}"))
    assert found == [{"n": 1}, {"n": 2}, {"m": 5}, {"m": 6}, {"m": 7}]


def test_the_limits_are_read(spec):
    read = read_spec(spec("retries: 2\ntimeout_s: 600\nmemory_mb: 1500"))
    assert (read.retries, read.timeout_s, read.memory_mb) == (2, 600, 1500)


WRONG = [
    ("grid:\n  n: [1, x]", "line 3.*parameter 'n'.*an integer"),
    ("grid:\n  n:\n    - 1\n    - 2.5", "line 5"),
    ("parameters: {\n  label: a,\n  sorce: real }", "line 4.*Did you mean 'source'"),
    ("parameters: {source: reel}", "line 2.*one of 'embedded', 'real'"),
    ("\n\nretires: 2", "line 4.*Did you mean retries"),
    ("grid: {n: [1]}\ngrid: {n: [2]}", "line 3.*once"),
    ("grid: {n: [1]}\nparameters: {n: 2}", "line 2.*n in one place"),
    ("grid: {n: 1}", "line 2.*a list of values"),
    ("draws: {n: 3, scale: {uniform: [1, 0]}}", "line 2.*low <= high"),
    ("draws:\n  n: 3\n  scale: {gaussian: [1, 0]}", "line 4.*one law of"),
    ("draws: {scale: {uniform: [0, 1]}}", "line 2.*`n`"),
    ("draws: {n: 0, scale: {uniform: [0, 1]}}", "line 2.*`n`"),
    ("draws: {n: 2, label: {uniform: [0, 1]}}", "line 2.*parameter 'label'"),
    ("retries: -1", "line 2.*0 or more"),
    ("timeout_s: 0", "line 2.*above 0"),
    ("memory_mb: lots", "line 2.*above 0"),
    ("table: none.csv", "line 2.*No such file"),
    ("grid: {n: [1, 2}", "line 2.*YAML"),
]


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_an_error_names_the_line(spec, text, message):
    with pytest.raises(ParameterError, match=rf"(?s)spec\.yaml, {message}"):
        parameters(spec(text))


def test_an_error_in_a_table_names_its_file_and_line(spec, tmp_path):
    (tmp_path / "runs.csv").write_text("n,label\n1,a\n2,b\nthree,c\n")
    with pytest.raises(ParameterError, match=r"runs\.csv, line 4: parameter 'n'.*got 'three'"):
        parameters(spec("table: runs.csv"))


@pytest.mark.parametrize(
    ("table", "message"), [("n,n\n1,2\n", "line 1"), ("n,label\n1\n", "line 2.*2 cells"), ("n\n", "none")]
)
def test_a_table_that_is_none_is_refused(spec, tmp_path, table, message):
    (tmp_path / "runs.csv").write_text(table)
    with pytest.raises(ParameterError, match=message):
        parameters(spec("table: runs.csv"))


def test_a_missing_notebook_is_an_error_of_its_line(tmp_path):
    (tmp_path / "spec.yaml").write_text("seed: 1\nnotebooks:\n  - ./gone.ipynb\n")
    with pytest.raises(ParameterError, match=r"spec\.yaml, line 2.*gone"):
        parameters(tmp_path / "spec.yaml")


def test_a_notebook_that_cannot_be_read_stops_everything(tmp_path):
    (tmp_path / "bad.ipynb").write_text("{")
    with pytest.raises(NotebookError):
        parameters({"notebooks": [tmp_path / "bad.ipynb"]})


def test_too_many_runs_are_counted_before_they_are_made(declaring):
    grid = {"n": list(range(10_000)), "scale": [float(i) for i in range(10_000)]}
    with pytest.raises(ParameterError, match="at most 1,000,000 runs, got 100,000,000"):
        parameters({"notebooks": [declaring], "grid": grid})


@pytest.mark.parametrize(
    ("text", "value"),
    [("no", "no"), ("on", "on"), ("1e-3", 1e-3), ("1:30", "1:30"), ("010", 10), ("2026-01-02", "2026-01-02")],
)
def test_words_mean_what_they_seem_to(text, value):
    assert read_yaml(f"a: {text}", "x").data == {"a": value}


HOSTILE = [
    "!!python/object/apply:os.system [echo]",
    "parameters: {label: !!python/name:os.system }",
    "parameters: {label: !!python/object/new:os.system [echo]}",
    "parameters: {n: !!python/long 7}",
    "parameters: !!python/module:os {}",
    "parameters: {n: !!int '7'}\nx: !custom 1",
    "parameters: {label: !!binary aGk=}",
    "parameters: {label: !!timestamp 2026-01-02}",
    "parameters: {bands: !!set {a, b}}",
    "parameters: {label: &a x, path: *a}",
    "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]",
    "parameters: {<<: {n: 1}}",
    "parameters: {label: x}\n---\nparameters: {label: y}",
    "parameters: " + "[" * 50_000,
    "parameters: " + "{a: " * 40 + "1" + "}" * 40,
    "parameters: {label: '" + "x" * 1_100_000 + "'}",
    "parameters: {n: " + "9" * 5000 + "}",
    "parameters: {n: 99999999999999999999}",
    "parameters: {? [1, 2] : 3}",
    "parameters: {1: 2}",
    'parameters: {"n; import os": 1}',
    "parameters: {'__import__(''os'')': 1}",
    "parameters: {n: \"__import__('os').getpid()\"}",
    "parameters: {bands: ['a', 1]}",
    "parameters: {scale: .nan}",
    "parameters: {scale: 1e999}",
    'parameters: {label: "a\\0b"}',
    "parameters: {label: \x00}",
    "table: ../../../../../../etc/passwd",
    "table: .",
    "notebooks: ./../none/x.ipynb",
    "notebooks: {a: b}",
    "notebooks: [[./one.ipynb]]",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_spec_is_refused_with_words(spec, text):
    with pytest.raises(ParameterError) as refused:
        parameters(spec(text))
    assert len(str(refused.value)) < 1500
    assert "\x00" not in str(refused.value)


def test_bytes_that_are_no_text_are_refused(tmp_path):
    (tmp_path / "spec.yaml").write_bytes(b"\xff\xfe\x00n")
    with pytest.raises(ParameterError, match="UTF-8"):
        parameters(tmp_path / "spec.yaml")


def test_hostile_text_for_a_text_stays_the_text_that_it_is(spec):
    text = "'); __import__('os')._exit(1) #"
    assert parameters(spec(f'parameters: {{label: "{text}"}}')) == [{"label": text}]
