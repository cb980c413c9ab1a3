"""One attempt at a run, in whatever process a scheduler calls it: locked, limited, published whole.

A run's folder `DIR/runs/KEY/` is written as `.KEY-NUMBER.part` beside and renamed; it holds what `astrokit
run` writes, and the attempt itself, in case the process dies before the ledger has its last word. What is
called twice, by a scheduler that repeats itself or by two drivers, finds the lock or the finished attempt,
and runs nothing.
"""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from ..catalogue import Notebook
from ..engine import run_one
from ..plan import Job
from ..process import Stopped
from ..records import Record
from .ledger import LOST, RUNNING, STOPPED, Attempt, Ledger, read_attempt, write_attempt

ATTEMPT_FILE = "attempt.json"
BUSY = "busy"
RUNS, STOP = "runs", "stop"
_LOOK_FOR_STOP_S = 1.0


@dataclass(frozen=True)
class Task:
    """All that an attempt needs to know, as plain values that travel to any process.

    Attributes
    ----------
    out : folder of the sweep
    allowed : int
        Number of the last attempt that may be made.
    driver : str
        While `out/stop/DRIVER` exists, attempts for this driver stop.
    """

    out: str
    key: str
    notebook: str
    path: str
    parameters: dict[str, Any] = field(default_factory=dict)
    allowed: int = 1
    timeout_s: float | None = None
    memory_mb: float | None = None
    threads: int | None = None
    driver: str = ""


class Result(NamedTuple):
    """What a driver needs to know of an attempt; the rest is in the ledger."""

    key: str
    status: str
    number: int
    words: str = ""


Runner = Callable[[Task, Path, threading.Event], Record]


def run_notebook(task: Task, folder: Path, stop: threading.Event) -> Record:
    """Run the notebook of a task, with its results in `folder`."""
    job = Job(Notebook(task.notebook, Path(task.path)), dict(task.parameters))
    limits = {"timeout_s": task.timeout_s, "memory_mb": task.memory_mb, "threads": task.threads}
    return run_one(job, folder, **limits, stop=stop)  # type: ignore[arg-type]


def attempt(task: Task, runner: Runner = run_notebook) -> Result:
    """Make the next attempt at a run, unless it is done, out of attempts, or in another's hands.

    Raises
    ------
    OSError
        When the ledger cannot be written: then nothing can be known, and a sweep has to end.
    """
    ledger = Ledger(Path(task.out))
    with ledger.held(task.key) as mine:
        if not mine:
            return Result(task.key, BUSY, 0)
        last = settled(ledger, task)
        if last is not None and (last.ok or last.number >= task.allowed):
            return _result(last)
        begun = Attempt.beginning(task.key, last.number + 1 if last else 1, task.notebook)
        ledger.write(begun)
        done = _ended(task, begun, runner)
        ledger.write(done)
        return _result(done)


def settle(task: Task) -> Result:
    """Say what has come of a run whose worker died: the ledger knows, or its attempt is lost."""
    ledger = Ledger(Path(task.out))
    with ledger.held(task.key) as mine:
        last = settled(ledger, task) if mine else None
        return _result(last) if last else Result(task.key, BUSY, 0)


def settled(ledger: Ledger, task: Task) -> Attempt | None:
    """The last attempt, for who holds the lock; one that a dead process left "running" is brought to an end.

    What was published before the process died counts: only the last word was missing.
    """
    attempts = ledger.attempts(task.key)
    last = attempts[-1] if attempts else None
    if last is None or last.status != RUNNING:
        return last
    published = _published(Path(task.out, RUNS, task.key), last)
    last = published or last.given_up(LOST, "the worker died")
    ledger.write(last)
    return last


def _ended(task: Task, begun: Attempt, runner: Runner) -> Attempt:
    runs = Path(task.out, RUNS)
    part = runs / f".{task.key}-{begun.number:03}.part"
    try:
        runs.mkdir(exist_ok=True)
        with _watching(Path(task.out, STOP, task.driver)) as stop:
            done = begun.ended(runner(task, part, stop))
        write_attempt(part / ATTEMPT_FILE, done)
        _publish(part, runs / task.key)
    except Stopped:
        return begun.given_up(STOPPED, "the sweep was stopped")
    except OSError as error:
        return begun.given_up("failed", f"{type(error).__name__}: {error.strerror or error}")
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return done


def _publish(part: Path, final: Path) -> None:
    """Rename a whole folder to its final name; that of an earlier attempt, which was not good, goes."""
    if final.exists():
        earlier = part.with_name(f".{final.name}-earlier.part")
        os.replace(final, earlier)
        os.replace(part, final)
        shutil.rmtree(earlier, ignore_errors=True)
    else:
        os.replace(part, final)


def _published(folder: Path, attempt: Attempt) -> Attempt | None:
    """The end of this attempt, if it came so far as to publish its folder."""
    try:
        found = read_attempt(folder / ATTEMPT_FILE)
    except (OSError, ValueError):
        return None
    return found if found.number == attempt.number else None


def clean(out: Path) -> None:
    """Remove what killed processes left half-written, except where somebody works on it now."""
    ledger = Ledger(out)
    for folder in (out / RUNS, ledger.folder):
        for left in folder.glob(".*"):
            with ledger.held(left.name[1:].partition("-")[0]) as mine:
                if mine:
                    shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)


@contextmanager
def _watching(mark: Path) -> Iterator[threading.Event]:
    """An event that is set once the file `mark` appears: it works wherever the folder of the sweep does."""
    stop, over = threading.Event(), threading.Event()

    def watch() -> None:
        while not over.wait(_LOOK_FOR_STOP_S):
            if mark.exists():
                stop.set()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield stop
    finally:
        over.set()


def _result(attempt: Attempt) -> Result:
    return Result(attempt.key, attempt.status, attempt.number, attempt.words)
