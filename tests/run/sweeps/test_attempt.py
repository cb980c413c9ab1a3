"""One attempt: never twice, never half, and never forgotten, with a stand-in for the notebook."""

import json
import multiprocessing
import os
import random
import shutil
import signal
import sys
import threading
import time
from dataclasses import replace

import pytest

from astrokit.run import Record
from astrokit.run.process import Stopped
from astrokit.run.records import save_notebook, save_record
from astrokit.run.sweeps.attempt import BUSY, Task, attempt, clean, settle
from astrokit.run.sweeps.ledger import Ledger

RECORD = Record(
    "one", {}, "ok", None, {"x": {"value": 2.5}}, 1.0, 2.0, 1.0, "2026-01-01T00:00:00+00:00", {}, None
)
ERROR = {"cell": 3, "tags": [], "name": "ValueError", "message": "bad", "traceback": ""}
CELLS = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}


@pytest.fixture
def task(tmp_path):
    Ledger(tmp_path).make()
    return Task(out=str(tmp_path), key="0a1b", notebook="one", path="one.ipynb", allowed=3)


def good(task, folder, stop):
    folder.mkdir()
    save_notebook(folder, CELLS)
    save_record(folder, RECORD)
    return RECORD


def bad(task, folder, stop):
    folder.mkdir()
    record = replace(RECORD, status="failed", error=ERROR)
    save_record(folder, record)
    return record


def never(task, folder, stop):
    raise AssertionError("ran")


def test_a_good_attempt_is_published_whole_and_known(task, tmp_path):
    assert attempt(task, good).status == "ok"
    assert sorted(path.name for path in (tmp_path / "runs").iterdir()) == ["0a1b"]
    (known,) = Ledger(tmp_path).attempts("0a1b")
    assert (known.status, known.metrics, known.seconds, known.peak_mb) == ("ok", {"x": 2.5}, 1.0, 2.0)


def test_what_is_done_does_not_run_again(task):
    attempt(task, good)
    assert attempt(task, never).status == "ok"


def test_a_failure_is_kept_with_its_reason_and_tried_until_none_is_left(task, tmp_path):
    seen = [attempt(task, bad) for _ in range(5)]
    assert [result.number for result in seen] == [1, 2, 3, 3, 3]
    last = Ledger(tmp_path).attempts("0a1b")[-1]
    assert (last.words, last.cell, last.message) == ("failed: ValueError", 3, "bad")
    assert Record.read(tmp_path / "runs" / "0a1b" / "record.json").error == ERROR


def test_a_good_attempt_after_a_failed_one_takes_its_place(task, tmp_path):
    attempt(task, bad)
    assert attempt(task, good).number == 2
    assert Record.read(tmp_path / "runs" / "0a1b" / "record.json").ok
    assert [path.name for path in (tmp_path / "runs").iterdir()] == ["0a1b"]


def test_a_key_in_other_hands_is_left_alone(task, tmp_path):
    with Ledger(tmp_path).held("0a1b") as mine:
        assert mine
        assert attempt(task, never).status == BUSY
        assert settle(task).status == BUSY


def test_a_stopped_attempt_says_so_and_leaves_nothing(task, tmp_path):
    def stopped(task, folder, stop):
        folder.mkdir()
        (tmp_path / "stop").mkdir()
        (tmp_path / "stop" / task.driver).touch()
        assert stop.wait(5)
        raise Stopped

    result = attempt(replace(task, driver="d"), stopped)
    assert result.words == "stopped: the sweep was stopped"
    assert list((tmp_path / "runs").iterdir()) == []


def test_a_disk_that_is_full_while_a_run_writes_is_a_failed_attempt(task, tmp_path):
    def full(task, folder, stop):
        folder.mkdir()
        raise OSError(28, "No space left on device")

    assert attempt(task, full).words == "failed: OSError: No space left on device"
    assert list((tmp_path / "runs").iterdir()) == []


def in_process(task, runner, kill_at=None):
    """Call `attempt` in a process of its own; kill it after so many seconds."""
    child = multiprocessing.get_context("fork").Process(target=attempt, args=(task, runner))
    child.start()
    if kill_at is not None:
        time.sleep(kill_at)
        os.kill(child.pid, signal.SIGKILL)
    child.join()


def hangs(task, folder, stop):
    folder.mkdir()
    (folder / "half").write_text("half")
    time.sleep(60)


needs_fork = pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL: run on Linux or macOS")


@needs_fork
def test_an_attempt_whose_process_was_killed_is_lost_and_the_next_one_goes_on(task, tmp_path):
    in_process(task, hangs, kill_at=0.5)
    assert Ledger(tmp_path).attempts("0a1b")[0].status == "running"
    assert settle(task).words == "lost: the worker died"
    assert attempt(task, good).number == 2
    clean(tmp_path)
    assert [path.name for path in (tmp_path / "runs").iterdir()] == ["0a1b"]


@needs_fork
def test_a_run_that_was_published_before_its_process_died_is_not_lost(task, tmp_path, monkeypatch):
    def dies(ledger, done):
        if done.status == "ok":
            os.kill(os.getpid(), signal.SIGKILL)
        write(ledger, done)

    write = Ledger.write
    monkeypatch.setattr(Ledger, "write", dies)
    in_process(task, good)
    monkeypatch.undo()
    assert Ledger(tmp_path).attempts("0a1b")[0].status == "running"
    assert attempt(task, never).status == "ok"
    assert Ledger(tmp_path).attempts("0a1b")[0].metrics == {"x": 2.5}


LARGE = {**CELLS, "cells": [{"cell_type": "markdown", "metadata": {}, "source": "x" * 10_000_000}]}


def large(task, folder, stop):
    folder.mkdir()
    save_notebook(folder, LARGE)
    save_record(folder, RECORD)
    return RECORD


def damaged(folder, keys="[!.]*"):
    """Published runs of which a file is not whole JSON, and folders under a final name that lack one."""
    found = []
    for run in folder.glob(keys):
        try:
            json.loads((run / "notebook.ipynb").read_bytes())
            Record.read(run / "record.json")
        except (OSError, ValueError):
            found.append(run)
    return found


@needs_fork
@pytest.mark.full
def test_two_hundred_kills_while_ten_megabytes_are_written_damage_nothing(task, tmp_path):
    begin = time.monotonic()
    in_process(replace(task, key="first"), large)
    needed = time.monotonic() - begin
    chance = random.Random(3)
    for i in range(200):
        in_process(replace(task, key=f"k{i % 20}", allowed=1000), large, kill_at=chance.uniform(0, needed))
        assert damaged(tmp_path / "runs", f"k{i % 20}") == []
    for i in range(20):
        assert attempt(replace(task, key=f"k{i}", allowed=1000), large).status == "ok"
    clean(tmp_path)
    assert damaged(tmp_path / "runs") == []
    assert len(list((tmp_path / "runs").iterdir())) == 21
    assert not [path for path in (tmp_path / "ledger").iterdir() if path.name.startswith(".")]


def some(task, folder, stop):
    folder.mkdir()
    save_notebook(folder, {**CELLS, "cells": [{"cell_type": "markdown", "source": "x" * 60_000}]})
    save_record(folder, RECORD)
    return RECORD


@pytest.mark.parametrize("small_disk", ["400k"], indirect=True)
def test_a_disk_full_at_any_of_twenty_points_leaves_nothing_half_and_recovers(small_disk):
    task = Task(out=str(small_disk), key="0a", notebook="one", path="one.ipynb", allowed=1000)
    outcomes = set()
    for point in range(20):
        for left in small_disk.glob("*/*"):
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        filler = small_disk / "filler"
        Ledger(small_disk).make()
        free = shutil.disk_usage(small_disk).free
        filler.write_bytes(b"0" * max(0, free - 4096 * point))
        try:
            outcomes.add(attempt(task, some).status)
        except OSError as error:
            outcomes.add(error.strerror)
        assert damaged(small_disk / "runs") == []
        filler.unlink()
        assert attempt(task, some).status == "ok"
        clean(small_disk)
        assert not [path for path in small_disk.rglob(".*")]
    assert outcomes == {"No space left on device", "failed", "ok"}


@needs_fork
def test_many_drivers_on_one_key_run_it_once(task, tmp_path):
    def slow(task, folder, stop):
        with open(tmp_path / "ran", "a") as file:
            file.write("x")
        time.sleep(0.3)
        return good(task, folder, stop)

    context = multiprocessing.get_context("fork")
    children = [context.Process(target=attempt, args=(task, slow)) for _ in range(8)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    assert (tmp_path / "ran").read_text() == "x"


def test_threads_of_one_worker_do_not_share_a_key_either(task, tmp_path):
    ran = []

    def slow(task, folder, stop):
        ran.append(1)
        time.sleep(0.2)
        return good(task, folder, stop)

    threads = [threading.Thread(target=attempt, args=(task, slow)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ran == [1]


def test_a_damaged_file_of_the_ledger_is_an_attempt_that_was_lost(task, tmp_path):
    (tmp_path / "ledger" / "0a1b-001.json").write_text('{"key": "0a1b", "num')
    assert Ledger(tmp_path).last(["0a1b"])["0a1b"].status == "lost"
    assert attempt(task, good).number == 2


def test_clean_leaves_what_somebody_works_on(task, tmp_path):
    part = tmp_path / "runs" / ".0a1b-001.part"
    part.mkdir(parents=True)
    with Ledger(tmp_path).held("0a1b"):
        clean(tmp_path)
    assert part.exists()
    clean(tmp_path)
    assert not part.exists()
