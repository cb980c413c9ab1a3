"""Run one notebook in a worker process of its own, and watch its time and memory."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from ..reporting import RECORD_VARIABLE
from .plan import Job
from .processes import FamilyMemory, kill_family
from .records import read_reports


class Stopped(Exception):
    """The run was stopped from outside; this notebook has no result."""


# A look at memory may be due much later than the next one at cells, time and Ctrl-C: it is dear on a busy
# machine.
_LOOK_EVERY_S = 0.1
# How often a cell that takes long is told again, so that whoever listens sees that it still runs.
_TELL_EVERY_S = 1.0


@dataclass
class Ended:
    """What is known after a worker is gone.

    Attributes
    ----------
    ending : mapping
        The worker's last message; empty if it could not send one.
    cell : int or None
        Source index of the last cell that was started.
    progress : (position, n_cells)
        The same cell's place among those that are executed, papermill's own included.
    notebook : mapping or None
        The notebook as far as it was executed; None where what was saved is not whole.
    words : str
        The end of what the worker wrote to standard error.
    """

    timed_out: bool = False
    over_memory: bool = False
    ending: dict[str, Any] = field(default_factory=dict)
    cell: int | None = None
    progress: tuple[int, int] = (0, 0)
    notebook: dict[str, Any] | None = None
    metrics: dict[str, Any] = field(default_factory=dict)
    data: list[Any] = field(default_factory=list)
    seconds: float = 0.0
    peak_mb: float = 0.0
    peak_anonymous_mb: float = 0.0
    exit_code: int | None = None
    words: str = ""


def run_worker(
    job: Job,
    *,
    timeout_s: float | None,
    memory_mb: float | None = None,
    threads: int | None,
    stop: threading.Event,
    on_cell: Callable[[int, int], None],
) -> Ended:
    """Execute a job's notebook in a process of its own, and return when it and all its children are gone.

    `memory_mb` limits the resident memory of all of them together, in units of 2**20 bytes. It is looked at
    about ten times a second: what is allocated and given back between two looks goes unseen.

    Raises
    ------
    Stopped
        When `stop` was set before the notebook ended.
    """
    ended = Ended()
    with tempfile.TemporaryDirectory(prefix="astrokit-", ignore_cleanup_errors=True) as folder:
        scratch = Path(folder)
        with open(scratch / "stderr", "w+b") as words:
            begin = time.monotonic()
            worker = _start(job, scratch, words, threads)
            try:
                _watch(worker, ended, begin, timeout_s, memory_mb, stop, on_cell)
            finally:
                kill_family(worker.pid)
                ended.exit_code = worker.wait()
                _close(worker)
            ended.seconds = time.monotonic() - begin
            ended.words = _tail(words)
        ended.notebook = _read_whole(scratch / "notebook.ipynb")
        ended.metrics, ended.data = read_reports(scratch / "reports.jsonl")
    return ended


def _start(job: Job, scratch: Path, words: IO[bytes], threads: int | None) -> "subprocess.Popen[bytes]":
    worker = subprocess.Popen(
        # -P: a file named like a package in the working directory must not take its place.
        [sys.executable, "-P", "-m", "astrokit.run.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=words,
        env=_environment(scratch, threads),
        # Ctrl-C in the terminal is for the parent alone, which then ends its workers in order.
        start_new_session=True,
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )
    spec = {
        "notebook": os.path.abspath(job.notebook.path),
        "output": str(scratch / "notebook.ipynb"),
        "parameters": job.parameters,
        "scratch": str(scratch),
    }
    assert worker.stdin is not None
    # A worker that died at once cannot listen; what it wrote to standard error says why.
    with contextlib.suppress(OSError):
        worker.stdin.write(json.dumps(spec).encode() + b"\n")
        worker.stdin.flush()
    return worker


def _environment(scratch: Path, threads: int | None) -> dict[str, str]:
    environment = {**os.environ, RECORD_VARIABLE: str(scratch / "reports.jsonl")}
    environment.setdefault("BOKEH_RESOURCES", "inline")
    if threads is not None:
        environment.setdefault("OMP_NUM_THREADS", str(threads))
    return environment


def _watch(
    worker: "subprocess.Popen[bytes]",
    ended: Ended,
    begin: float,
    timeout_s: float | None,
    memory_mb: float | None,
    stop: threading.Event,
    on_cell: Callable[[int, int], None],
) -> None:
    silent = threading.Event()
    threading.Thread(target=_listen, args=[worker.stdout, ended, silent], daemon=True).start()
    memory = FamilyMemory(worker.pid)
    told, told_at, sample_at = ended.progress, begin, begin
    while not silent.wait(_LOOK_EVERY_S):
        now = time.monotonic()
        if now >= sample_at:
            memory.sample()
            sample_at = time.monotonic() + memory.pause
        if memory_mb is not None and memory.peak_bytes > memory_mb * 2**20:
            ended.over_memory = True
            break
        if ended.progress != told or (ended.cell is not None and now - told_at > _TELL_EVERY_S):
            told, told_at = ended.progress, now
            on_cell(*told)
        if stop.is_set():
            raise Stopped
        if timeout_s is not None and now - begin > timeout_s:
            ended.timed_out = True
            break
    else:
        _let_die(worker, ended)
    ended.peak_mb = max(memory.peak_bytes / 2**20, ended.ending.get("peak_mb", 0.0))
    ended.peak_anonymous_mb = memory.peak_anonymous_bytes / 2**20


def _listen(stream: IO[bytes], ended: Ended, silent: threading.Event) -> None:
    """Take in the worker's messages until it closes its end, by finishing or by dying."""
    for line in stream:
        try:
            message = json.loads(line)
        except ValueError:
            continue  # Cut off by a kill.
        if message["event"] == "cell":
            ended.cell = message["index"]
            ended.progress = message["position"], message["n_cells"]
        else:
            ended.ending = message
    silent.set()


def _let_die(worker: "subprocess.Popen[bytes]", ended: Ended) -> None:
    """Give a worker that went silent without a word the time to die by itself: its exit code says why."""
    if not ended.ending:
        with contextlib.suppress(subprocess.TimeoutExpired):
            worker.wait(timeout=2)


def _read_whole(path: Path) -> dict[str, Any] | None:
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) and "cells" in content else None


def _tail(words: IO[bytes]) -> str:
    size = words.seek(0, os.SEEK_END)
    words.seek(max(0, size - 8000))
    return words.read().decode("utf-8", "replace")


def _close(worker: "subprocess.Popen[bytes]") -> None:
    for stream in (worker.stdin, worker.stdout):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()
