"""Who gets which parameter, decided before any kernel starts."""

import pytest

from astrokit.errors import NotebookError, ParameterError
from astrokit.run.catalogue import Notebook
from astrokit.run.plan import plan


@pytest.fixture
def notebooks(notebook, tmp_path):
    cells = {
        "one": [('source = "embedded"\nprofile = "fast"  # one of: "fast", "full"', "parameters")],
        "two": [("n_points = 3", "parameters")],
        "three": ["n_points = 3"],
    }
    return [Notebook(name, notebook(tmp_path / f"{name}.ipynb", *made)) for name, made in cells.items()]


def given_to(jobs):
    return {job.notebook.name: job.parameters for job in jobs}


def test_a_parameter_goes_only_to_the_notebooks_that_declare_it(notebooks):
    jobs = plan(notebooks, {"source": "real", "n_points": 5}, profile=None)
    assert given_to(jobs) == {"one": {"source": "real"}, "two": {"n_points": 5}, "three": {}}


def test_the_profile_goes_to_those_that_declare_it_and_none_has_to(notebooks):
    jobs = plan(notebooks, {}, profile="full")
    assert given_to(jobs) == {"one": {"profile": "full"}, "two": {}, "three": {}}
    assert given_to(plan(notebooks[1:], {}, profile="full")) == {"two": {}, "three": {}}


def test_a_profile_given_as_a_parameter_goes_before_the_option(notebooks):
    jobs = plan(notebooks, {"profile": "full"}, profile="fast")
    assert given_to(jobs)["one"] == {"profile": "full"}


@pytest.mark.parametrize(
    "name",
    ["points", "__builtins__", "class", "import", "exec", "os", "N_POINTS", "\uff4e_points", "n_p\u043eints"],
)
def test_a_name_that_no_notebook_declares_is_refused(notebooks, name):
    with pytest.raises(ParameterError, match="at least one of the chosen notebooks declares"):
        plan(notebooks, {name: "1"}, profile="fast", from_text=True)


def test_the_error_lists_what_is_declared_and_suggests_the_closest(notebooks):
    with pytest.raises(ParameterError) as caught:
        plan(notebooks, {"n_point": 1}, profile="fast")
    assert "n_points (integer, default 3)" in str(caught.value)
    assert "Did you mean 'n_points'?" in str(caught.value)


def test_assignments_outside_the_tagged_cell_declare_nothing(notebooks):
    with pytest.raises(ParameterError, match="that three declares: there is none"):
        plan(notebooks[2:], {"n_points": 1}, profile="fast")


def test_a_notebook_that_cannot_be_read_does_not_stop_the_others(notebooks, tmp_path):
    broken = tmp_path / "broken.ipynb"
    broken.write_text("{")
    jobs = plan([Notebook("broken", broken), *notebooks], {"n_points": 4}, profile="fast")
    assert isinstance(jobs[0].problem, NotebookError)
    assert [job.problem for job in jobs[1:]] == [None, None, None]


@pytest.mark.parametrize("text", ["", "[]", '{"cells": 3}', '{"cells": [{}]}', "[" * 100_000, "\x00", '"x"'])
def test_what_is_not_a_notebook_is_a_problem_and_no_traceback(tmp_path, text):
    path = tmp_path / "x.ipynb"
    path.write_text(text)
    (job,) = plan([Notebook("x", path)], {}, profile="fast")
    assert "expected a Jupyter notebook" in str(job.problem)
