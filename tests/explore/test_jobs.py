import threading
import time

import pytest

from astrokit.errors import ParameterError
from astrokit.explore.jobs import Jobs
from astrokit.latent.cancel import stop_if
from astrokit.progress import Progress


@pytest.fixture(autouse=True)
def in_a_live_kernel(monkeypatch):
    monkeypatch.delenv("ASTROKIT_RECORD", raising=False)


def wait_until(is_true, seconds=5):
    end = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_work_is_done_in_a_thread_of_its_own_and_its_result_handed_on():
    jobs, seen = Jobs(), []
    jobs.start("key", "working", lambda stop: threading.get_ident(), seen.append)
    jobs.wait(5)
    assert seen[0] != threading.get_ident()
    assert not jobs.busy


def test_a_newer_job_of_the_same_key_takes_the_place_of_an_older_one():
    jobs, results, go = Jobs(), [], threading.Event()

    def slow(stop):
        go.wait(5)
        return "old" if not stop() else "dropped"

    jobs.start("key", "working", slow, results.append)
    jobs.start("key", "working", lambda stop: "new", results.append)
    go.set()
    jobs.wait(5)
    wait_until(
        lambda: threading.active_count() and "astrokit-key" not in {t.name for t in threading.enumerate()}
    )
    assert results == ["new"]


def test_jobs_of_two_keys_go_on_side_by_side():
    jobs, results, both = Jobs(), [], threading.Barrier(2, timeout=5)
    for key in ("one", "two"):
        jobs.start(key, key, lambda stop: both.wait(), results.append)
    jobs.wait(5)
    assert sorted(results) == [0, 1]


def test_cancel_stops_work_that_asks_and_its_result_is_dropped():
    jobs, results, begun = Jobs(), [], threading.Event()

    def work(stop):
        for k in range(1000):
            begun.set()
            stop_if(stop, "work", k, 1000)
            time.sleep(0.005)
        return "done"

    jobs.start("key", "working", work, results.append)
    begun.wait(5)
    jobs.cancel()
    jobs.wait(5)
    assert results == []
    assert jobs._trouble.value == ""


def test_a_bar_appears_once_work_takes_long_and_moves_and_goes(monkeypatch):
    monkeypatch.setattr("astrokit.explore.jobs.PATIENCE_S", 0.02)
    monkeypatch.setattr("astrokit.explore.jobs.EVERY_S", 0.0)
    jobs, go = Jobs(), threading.Event()

    def work(stop):
        with Progress(4, "<b>counting</b>") as bar:
            wait_until(lambda: jobs._work.layout.display != "none")
            bar.advance(3)
            go.wait(5)

    assert jobs._work.layout.display == "none"
    jobs.start("key", "working", work, lambda result: None)
    wait_until(lambda: jobs._bar.value == 0.75)
    assert jobs._what.value == "&lt;b&gt;counting&lt;/b&gt; …"
    go.set()
    jobs.wait(5)
    assert jobs._work.layout.display == "none"


def test_an_error_of_the_package_is_said_and_one_of_the_code_too(capsys):
    jobs = Jobs()

    def refuse(stop):
        raise ParameterError("k", expected="2 or more", got="<1>", next_step="Raise it.")

    jobs.start("key", "working", refuse, print)
    jobs.wait(5)
    assert "&lt;1&gt;" in jobs._trouble.value
    jobs.start("key", "dividing", lambda stop: 1 / 0, print)
    jobs.wait(5)
    assert "dividing: ZeroDivisionError" in jobs._trouble.value
    assert "Traceback" in capsys.readouterr().err
    jobs.start("key", "working", lambda stop: 1, lambda result: None)
    jobs.wait(5)
    assert jobs._trouble.value == ""


def test_under_astrokit_run_work_is_done_at_once(monkeypatch, tmp_path):
    monkeypatch.setenv("ASTROKIT_RECORD", str(tmp_path / "record.jsonl"))
    jobs, seen = Jobs(), []
    jobs.start("key", "working", lambda stop: threading.get_ident(), seen.append)
    assert seen == [threading.get_ident()]


def test_waiting_has_an_end():
    jobs, go = Jobs(), threading.Event()
    jobs.start("key", "working", lambda stop: go.wait(5), lambda result: None)
    with pytest.raises(TimeoutError, match="working is not done"):
        jobs.wait(0.05)
    go.set()
    jobs.wait(5)


def test_work_that_is_about_to_begin_in_another_thread_is_waited_for(monkeypatch):
    class LateThread(threading.Thread):
        def start(self):
            time.sleep(0.2)  # as on a busy machine, between being there and having begun
            super().start()

    jobs, seen = Jobs(), []
    starting = threading.Thread(target=jobs.start, args=("late", "counting", lambda stop: 3, seen.append))
    monkeypatch.setattr("astrokit.explore.jobs.threading.Thread", LateThread)
    starting.start()
    wait_until(lambda: jobs.running("late"))
    jobs.wait(10)
    starting.join()
    assert seen == [3]
