"""Run notebooks, some at a time, each in a process of its own; one that fails never stops the others."""

import os
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..errors import NotebookError, ParameterError
from .catalogue import find
from .events import Event, Progress
from .last_ok import forget_last_ok, keep_last_ok
from .outcome import Outcome, conclude, error, tidy
from .plan import Job, plan
from .process import Ended, run_worker
from .records import Record, discard, git_commit, reserved, save_notebook, save_record, versions


def execute(
    notebooks: Sequence[str | Path],
    *,
    parameters: Mapping[str, Any] | None = None,
    profile: str | None = "fast",
    out: str | Path,
    timeout_s: float | None = None,
    jobs: int = 1,
    progress: Progress | None = None,
) -> list[Record]:
    """Execute notebooks and return their records, in the order given.

    Each notebook writes `out/NAME/notebook.ipynb` and `out/NAME/record.json`, whole or not at all. A notebook
    that fails, dies or takes too long has a record that says so, and the others go on; what an earlier good
    run left there moves to `out/NAME/last-ok/`.

    Parameters
    ----------
    notebooks : names of the set, or paths of `.ipynb` files
    parameters : mapping, optional
        Each goes to the notebooks that declare it, and at least one has to.
    profile : "fast", "full" or None
        The parameter `profile` of those notebooks that declare it.
    out : folder of the results
    timeout_s : float, optional
        Limit on each notebook as a whole, start of its kernel included, in seconds.
    jobs : int
        How many run at the same time. With more than one, each is told to use its share of the cores
        (`OMP_NUM_THREADS`), unless the environment already says how many.
    progress : callable, optional
        Called with an `Event`, one call at a time but from several threads.

    Raises
    ------
    NotebookError
        When a name means no notebook.
    ParameterError
        When a parameter is unknown or of the wrong type. Nothing has run then.

    Examples
    --------
    >>> records = execute(["pulsating-ulx"], parameters={"source": "real"}, out="runs")  # doctest: +SKIP
    >>> [record.status for record in records]  # doctest: +SKIP
    ['ok']
    """
    planned = plan(find(list(notebooks)), parameters or {}, profile=profile)
    return run_jobs(planned, out=out, timeout_s=timeout_s, jobs=jobs, progress=progress)


def run_jobs(
    planned: Sequence[Job],
    *,
    out: str | Path,
    timeout_s: float | None = None,
    jobs: int = 1,
    progress: Progress | None = None,
) -> list[Record]:
    """Run what `plan` made, and return the records in its order.

    Whatever stops this call early, Ctrl-C for one, ends the notebooks that still run; those that have ended
    keep their results, and for the others the results of an earlier run stay.
    """
    check_limits(timeout_s, jobs)
    runner = _Runner(Path(out), timeout_s, threads_each(jobs), progress)
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        try:
            return _collect([pool.submit(runner.run, job) for job in planned])
        except BaseException:
            runner.stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def run_one(
    job: Job,
    folder: Path,
    *,
    timeout_s: float | None,
    memory_mb: float | None,
    threads: int | None,
    stop: threading.Event,
) -> Record:
    """Run one job, with its results in `folder` itself; `Stopped` when `stop` was set before it ended."""
    runner = _Runner(folder.parent, timeout_s, threads, None, memory_mb=memory_mb, stop=stop)
    return runner.run(job, folder)


class _Runner:
    """Runs one job for each thread that calls it; holds what all of them share."""

    def __init__(
        self,
        out: Path,
        timeout_s: float | None,
        threads: int | None,
        progress: Progress | None,
        *,
        memory_mb: float | None = None,
        stop: threading.Event | None = None,
    ) -> None:
        self.out = out
        self.timeout_s = timeout_s
        self.memory_mb = memory_mb
        self.threads = threads
        self.stop = stop or threading.Event()
        self._progress = progress
        self._lock = threading.Lock()

    def run(self, job: Job, folder: Path | None = None) -> Record:
        name = job.notebook.name
        folder = folder or self.out / name
        self._tell(Event("start", name))
        started_at = datetime.now(UTC).isoformat(timespec="seconds")
        ended = Ended()
        try:
            with reserved(folder):
                ended = self._work(job)
                outcome = conclude(ended, self.timeout_s, self.memory_mb)
                if outcome.status != "ok":
                    keep_last_ok(folder)
                save_notebook(folder, ended.notebook and tidy(ended.notebook, name))
        except OSError as problem:
            outcome = _failed_by_disk(problem, folder)
            keep_last_ok(folder)
            discard(folder)
        except NotebookError as problem:
            outcome = Outcome("failed", error("NotebookError", str(problem)))
            keep_last_ok(folder)
            discard(folder)
        record = _save(_record(job, started_at, ended, outcome), folder)
        if record.ok:
            forget_last_ok(folder)
        self._tell(Event("end", name, record=record))
        return record

    def _work(self, job: Job) -> Ended:
        if job.problem is not None:
            raise job.problem
        return run_worker(
            job,
            timeout_s=self.timeout_s,
            memory_mb=self.memory_mb,
            threads=self.threads,
            stop=self.stop,
            on_cell=lambda cell, n_cells: self._tell(Event("cell", job.notebook.name, cell, n_cells)),
        )

    def _tell(self, event: Event) -> None:
        if self._progress is not None:
            with self._lock:
                self._progress(event)


def _collect(futures: list[Future[Record]]) -> list[Record]:
    pending = set(futures)
    while pending:
        # With a time limit, so that Ctrl-C is heard on Windows too.
        done, pending = wait(pending, timeout=0.5, return_when=FIRST_EXCEPTION)
        for future in done:
            future.result()
    return [future.result() for future in futures]


def _record(job: Job, started_at: str, ended: Ended, outcome: Outcome) -> Record:
    return Record(
        notebook=job.notebook.name,
        parameters=job.parameters,
        status=outcome.status,
        error=outcome.error,
        metrics=ended.metrics,
        seconds=round(ended.seconds, 2),
        peak_rss_mb=round(ended.peak_mb, 1),
        peak_anonymous_mb=round(ended.peak_anonymous_mb, 1),
        started_at=started_at,
        versions=versions(),
        git_commit=git_commit(job.notebook.path.resolve().parent),
        data=ended.data,
    )


def _save(record: Record, folder: Path) -> Record:
    try:
        save_record(folder, record)
    except OSError as problem:
        outcome = _failed_by_disk(problem, folder)
        return replace(record, status=outcome.status, error=outcome.error)
    return record


def _failed_by_disk(problem: OSError, folder: Path) -> Outcome:
    reason = problem.strerror or str(problem)
    message = f"results could not be written to {folder}: {reason}. Free space there, or choose another --out"
    return Outcome("failed", error(type(problem).__name__, message))


def check_limits(timeout_s: float | None, jobs: int) -> None:
    if jobs < 1:
        raise ParameterError("jobs", expected="1 or more", got=jobs, next_step="Leave it out for one by one.")
    if timeout_s is not None and not timeout_s > 0:
        raise ParameterError(
            "timeout", expected="more than 0 seconds", got=timeout_s, next_step="Leave it out for no limit."
        )


def threads_each(jobs: int) -> int | None:
    """How many threads each of the notebooks that run together is told to use; None leaves it to them."""
    return None if jobs == 1 else max(1, cores() // jobs)


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
