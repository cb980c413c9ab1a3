"""The Python interface: events, limits, order."""

import threading

import pytest

from astrokit.errors import ParameterError
from astrokit.run import Record, engine, execute, process
from astrokit.run.events import Event
from astrokit.run.process import Ended


@pytest.fixture
def instant(monkeypatch):
    """Replace the worker process: what is tested here is what goes on around it."""
    seen = []

    def run_worker(job, *, threads, stop, on_cell, **limits):
        seen.append((job.notebook.name, threads))
        on_cell(0, 1)
        return Ended(ending={"how": "finished"}, notebook={"cells": [], "metadata": {}})

    monkeypatch.setattr(engine, "run_worker", run_worker)
    return seen


def test_records_come_in_the_order_given(notebook, tmp_path, instant):
    paths = [notebook(tmp_path / f"{name}.ipynb", "1") for name in "cab"]
    records = execute(paths, out=tmp_path / "out", jobs=3)
    assert [record.notebook for record in records] == ["c", "a", "b"]
    assert records == [Record.read(tmp_path / "out" / name / "record.json") for name in "cab"]


def test_progress_tells_start_cells_and_end(notebook, tmp_path, instant):
    events = []
    (record,) = execute([notebook(tmp_path / "a.ipynb", "1")], out=tmp_path / "out", progress=events.append)
    assert events == [Event("start", "a"), Event("cell", "a", 0, 1), Event("end", "a", record=record)]


def test_a_long_cell_is_told_again_while_it_runs(notebook, tmp_path, monkeypatch):
    monkeypatch.setattr(process, "_TELL_EVERY_S", 0.2)
    monkeypatch.setattr(process.FamilyMemory, "shortest_pause", 60)  # as on a machine that is very busy
    events = []
    path = notebook(tmp_path / "a.ipynb", "import time\ntime.sleep(2)", "1")
    assert execute([path], out=tmp_path / "out", progress=events.append)[0].ok
    places = [(event.cell, event.n_cells) for event in events if event.kind == "cell"]
    assert places.count((0, 2)) > 3
    assert places == sorted(places)


def test_an_error_in_progress_reaches_the_caller(notebook, tmp_path, instant):
    def fail(event):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        execute([notebook(tmp_path / "a.ipynb", "1")], out=tmp_path / "out", progress=fail)


def test_cores_are_shared_only_between_notebooks_that_run_together(notebook, tmp_path, instant, monkeypatch):
    monkeypatch.setattr(engine, "cores", lambda: 5)
    path = notebook(tmp_path / "a.ipynb", "1")
    for jobs in (1, 2, 9):
        execute([path], out=tmp_path / "out", jobs=jobs)
    assert instant == [("a", None), ("a", 2), ("a", 1)]


def test_as_many_run_together_as_jobs_says(notebook, tmp_path, monkeypatch):
    together = threading.Barrier(3)

    def run_worker(job, **options):
        together.wait(timeout=20)
        return Ended(ending={"how": "finished"}, notebook={"cells": [], "metadata": {}})

    monkeypatch.setattr(engine, "run_worker", run_worker)
    paths = [notebook(tmp_path / f"{name}.ipynb", "1") for name in "abc"]
    assert all(record.ok for record in execute(paths, out=tmp_path / "out", jobs=3))


@pytest.mark.parametrize(
    ("limit", "value"), [("jobs", 0), ("timeout_s", 0), ("timeout_s", -1), ("timeout_s", float("nan"))]
)
def test_impossible_limits_are_refused(notebook, tmp_path, limit, value):
    path = notebook(tmp_path / "a.ipynb", "1")
    with pytest.raises(ParameterError):
        execute([path], out=tmp_path / "out", **{limit: value})
    assert not (tmp_path / "out").exists()


def test_a_wrong_parameter_stops_everything_before_anything_runs(notebook, tmp_path, instant):
    path = notebook(tmp_path / "a.ipynb", ("n = 1", "parameters"))
    with pytest.raises(ParameterError):
        execute([path], parameters={"n": "x"}, out=tmp_path / "out")
    assert instant == []
    assert not (tmp_path / "out").exists()
