"""`astrokit run` from the words on its command line to its exit code."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console
from rich.progress import Progress

from astrokit.cli import running, watching
from astrokit.cli.watching import BarWatcher, Watcher, print_table
from astrokit.run import Record, engine
from astrokit.run.events import Event
from astrokit.run.process import Ended
from astrokit.run.records import save_record

SOURCES = {
    "00-start-here": "n_points = 3",
    "pulsating-ulx": 'source = "embedded"  # one of: "embedded", "real"\nprofile = "fast"',
    "poison": "n_points = 3",
}


def code(source, *tags):
    return {"cell_type": "code", "metadata": {"tags": list(tags)}, "source": source, "outputs": []}


def write(path, *cells):
    path.write_text(json.dumps({"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 4}))


@pytest.fixture
def the_set(tmp_path, monkeypatch):
    folder = tmp_path / "set"
    folder.mkdir()
    for name, source in SOURCES.items():
        write(folder / f"{name}.ipynb", code(source, "parameters"))
    monkeypatch.setenv("ASTROKIT_NOTEBOOKS", str(folder))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def ran(monkeypatch):
    """Stand in for the worker process; the notebook called poison loses its kernel."""
    jobs = []

    def run_worker(job, **options):
        jobs.append((job.notebook.name, job.parameters, options["timeout_s"]))
        if job.notebook.name == "poison":
            return Ended(ending={"how": "dead kernel", "message": "the kernel was ended by SIGKILL"}, cell=1)
        return Ended(ending={"how": "finished"}, notebook={"cells": [], "metadata": {}})

    monkeypatch.setattr(engine, "run_worker", run_worker)
    return jobs


def test_one_poison_notebook_among_good_ones_makes_the_exit_code_1(astrokit, the_set, ran, tmp_path):
    exit_code, printed, _ = astrokit("run", "--all")
    assert exit_code == 1
    assert len(ran) == 3
    assert "killed   poison" in printed
    assert "cell 1: DeadKernelError: the kernel was ended by SIGKILL" in printed
    statuses = {path.parent.name: Record.read(path).status for path in tmp_path.glob("runs/*/record.json")}
    assert statuses == {"00-start-here": "ok", "poison": "killed", "pulsating-ulx": "ok"}


def test_when_all_are_ok_the_exit_code_is_0_and_a_table_ends_the_output(astrokit, the_set, ran):
    exit_code, printed, _ = astrokit("run", "start_here", "pulsating_ulx")
    assert exit_code == 0
    assert [line.split()[:2] for line in printed.splitlines()[-2:]] == [
        ["00-start-here", "ok"],
        ["pulsating-ulx", "ok"],
    ]


def test_without_a_terminal_each_event_is_one_plain_line(astrokit, the_set, ran):
    _, printed, _ = astrokit("run", "start-here")
    assert printed.splitlines()[0] == "start    00-start-here"
    assert printed.splitlines()[1].startswith("ok       00-start-here")
    assert "\x1b" not in printed


def test_without_a_terminal_a_long_notebook_says_now_and_then_where_it_is(monkeypatch):
    clock = iter([0.0, 9.0, 11.0, 12.0, 75.0])
    monkeypatch.setattr(watching.time, "monotonic", lambda: next(clock))
    console = Console(file=io.StringIO())
    watcher = Watcher(console)
    watcher(Event("start", "a"))
    for cell in (0, 1, 2, 2):
        watcher(Event("cell", "a", cell, 5))
    printed = console.file.getvalue().splitlines()
    assert printed == ["start    a", "cell     a  2 of 5, 11 s", "cell     a  3 of 5, 75 s"]


def test_a_run_that_is_not_ok_says_where_the_last_good_one_is(astrokit, the_set, ran, tmp_path):
    (tmp_path / "runs" / "poison").mkdir(parents=True)
    good = record("poison", parameters={}, started_at="2026-01-02T03:04:05+00:00")
    save_record(tmp_path / "runs" / "poison", good)
    (tmp_path / "runs" / "poison" / "notebook.ipynb").write_text("{}")
    _, printed, _ = astrokit("run", "--all")
    assert f"last good run of poison: {Path('runs/poison/last-ok')}" in printed
    assert printed.count("last good run") == 1


def test_options_reach_the_notebooks_that_declare_them(astrokit, the_set, ran):
    astrokit("run", "--all", "-p", "source=real", "--profile", "full", "--timeout", "60")
    assert sorted(ran) == [
        ("00-start-here", {}, 60.0),
        ("poison", {}, 60.0),
        ("pulsating-ulx", {"profile": "full", "source": "real"}, 60.0),
    ]


def test_the_gallery_has_a_folder_of_its_own(astrokit, the_set, ran, tmp_path):
    _, printed, _ = astrokit("run", "start-here", "--gallery")
    assert (tmp_path / "gallery" / "index.html").is_file()
    assert (tmp_path / "gallery" / "00-start-here" / "record.json").is_file()
    assert "index.html" in printed
    astrokit("run", "start-here", "--gallery", "--out", "elsewhere")
    assert (tmp_path / "elsewhere" / "index.html").is_file()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "expected names of notebooks, or --all"),
        (["--all", "start-here"], "expected names of notebooks, or --all"),
        (["no-such"], "expected one of 00-start-here, poison, pulsating-ulx"),
        (["start-here", "-p", "n_points"], "expected NAME=VALUE"),
        (["start-here", "-p", "n_points=x"], "expected an integer"),
        (["start-here", "-p", "n_points=1", "-p", "n_points=2"], "expected one value"),
        (["start-here", "-p", "__import__('os')=1"], "expected NAME=VALUE"),
        (["start-here", "-p", "source=real"], "expected one that 00-start-here declares"),
        (["--all", "-p", "source=reel"], "expected one of 'embedded', 'real'"),
        (["start-here", "--jobs", "0"], "expected 1 or more"),
        (["start-here", "--timeout", "0"], "expected more than 0 seconds"),
    ],
)
def test_what_cannot_be_is_one_line_and_exit_code_2(astrokit, the_set, ran, words, message):
    exit_code, _, error = astrokit("run", *words)
    assert exit_code == 2
    assert message in error
    assert len(error.splitlines()) == 1
    assert ran == []


def test_an_unknown_profile_is_refused(astrokit, the_set, ran):
    assert astrokit("run", "start-here", "--profile", "slow")[0] == 2
    assert ran == []


def test_ctrl_c_prints_what_had_ended(astrokit, the_set, monkeypatch):
    def interrupted(planned, *, progress, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(running, "run_jobs", interrupted)
    exit_code, _, error = astrokit("run", "--all")
    assert exit_code == 130
    assert "0 of 3 had ended" in error


def record(name, **changes):
    values = dict.fromkeys(Record.__dataclass_fields__)
    values |= {"notebook": name, "status": "ok", "metrics": {}, "data": []}
    values |= {"seconds": 1.0, "peak_rss_mb": 2.0}
    return Record(**{**values, **changes})


def test_square_brackets_in_a_message_are_no_markup(capsys):
    error = {"cell": 0, "tags": [], "name": "E", "message": "[red]x[/nonsense] [0]", "traceback": ""}
    print_table([record("[bold]name", status="failed", error=error)])
    printed = capsys.readouterr().out
    assert "[bold]name" in printed
    assert "[red]x[/nonsense] [0]" in printed


def test_in_a_terminal_bars_follow_the_cells():
    console = Console(force_terminal=True, file=io.StringIO())
    bars = Progress(console=console, disable=True)
    watcher = BarWatcher(console, bars, 1)
    watcher(Event("start", "a"))
    watcher(Event("cell", "a", 2, 5))
    assert [(task.completed, task.total) for task in bars.tasks] == [(0, 1), (2, 5)]
    watcher(Event("end", "a", record=record("a")))
    assert [(task.completed, task.total) for task in bars.tasks] == [(1, 1)]
