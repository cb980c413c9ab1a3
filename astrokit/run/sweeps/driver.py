"""`sweep`: many runs of notebooks, each done once, whatever dies meanwhile."""

import os
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any

from ...errors import ParameterError
from ...reporting import RECORD_VARIABLE
from ..engine import check_limits, threads_each
from . import clusters
from .attempt import STOP, Result, Runner, Task, clean, run_notebook
from .dispatch import Dispatcher, SchedulerLost
from .expansion import expand
from .folder import Planned, prepare
from .ledger import Attempt, Ledger
from .results import Summary, summarise
from .spec import Spec, read_spec
from .tally import Progress, Tally

_BEFORE_ANOTHER_TRY_S = 1.0  # at a scheduler that was lost


def sweep(
    spec: Spec | str | Path | Mapping[str, Any],
    *,
    out: str | Path,
    jobs: int | None = None,
    scheduler: str | None = None,
    slurm: str | Path | Mapping[str, Any] | None = None,
    resume: bool = False,
    progress: Progress | None = None,
    runner: Runner = run_notebook,
) -> Summary:
    """Run a sweep, and return how it stands.

    Each run writes `out/runs/KEY/notebook.ipynb` and `record.json`, whole or not at all; `out/ledger/` has a
    file for each attempt, `out/results.parquet` and `results.csv` a row for each run. Nothing but these files
    is believed: whatever dies, the same call with `resume=True` runs what is missing or has failed.

    Parameters
    ----------
    spec : path of a YAML file, or a mapping with its fields
    out : folder of the sweep
    jobs : int, optional
        Run so many at a time on this machine; as many as it has cores by default.
    scheduler : str, optional
        Use the workers of the Dask scheduler at this address. They have to see `out` under the same path.
    slurm : path or mapping, optional
        Submit workers to Slurm, with these settings.
    resume : bool
        Go on in a folder in which runs have begun.
    progress : callable, optional
        Called with (tally, result of a run that has ended or None). A notebook shows a widget without it.
    runner : callable
        What runs a task; for tests and benchmarks.

    Raises
    ------
    ParameterError
        For a spec that is wrong in any part, with its line, before anything runs.
    DataError
        When results cannot be written.

    Examples
    --------
    >>> found = sweep("threshold.yaml", out="sweeps/threshold", jobs=2)  # doctest: +SKIP
    >>> print(found)  # doctest: +SKIP
    100 of 100 runs done, 100 in this call
    """
    began = time.monotonic()
    wanted, folder = read_spec(spec), Path(out).absolute()
    cluster, threads = _place(jobs, scheduler, slurm)
    planned = prepare(folder, expand(wanted), resume=resume)
    clean(folder)
    last = Ledger(folder).last(run.key for run in planned)
    driver = secrets.token_hex(8)
    tasks = [
        _task(run, last.get(run.key), wanted, folder, threads, driver)
        for run in planned
        if run.key not in last or not last[run.key].ok
    ]
    tally = Tally(total=len(planned), before=len(planned) - len(tasks))
    if tasks:
        _drive(tasks, tally, cluster, folder / STOP / driver, progress or _default_progress(), runner)
        clean(folder)
    return summarise(folder, ran=tally.done + tally.failed, seconds=time.monotonic() - began)


def _place(
    jobs: int | None, scheduler: str | None, slurm: str | Path | Mapping[str, Any] | None
) -> tuple[Callable[[], AbstractContextManager[clusters.Connect]], int | None]:
    """Where the runs run, and how many threads each is told to use."""
    if sum(choice is not None for choice in (jobs, scheduler, slurm)) > 1:
        raise ParameterError(
            "the place to run",
            expected="one of jobs, scheduler and slurm",
            got="several",
            next_step="Leave the others out.",
        )
    if scheduler is not None:
        return lambda: clusters.existing(scheduler), 1
    if slurm is not None:
        config = clusters.read_slurm(slurm)
        return lambda: clusters.slurm(config), 1
    n_jobs = clusters.default_jobs() if jobs is None else jobs
    check_limits(None, n_jobs)
    return lambda: clusters.local(n_jobs), threads_each(n_jobs)


def _task(
    run: Planned, last: Attempt | None, spec: Spec, out: Path, threads: int | None, driver: str
) -> Task:
    return Task(
        out=str(out),
        key=run.key,
        notebook=run.notebook,
        path=str(run.path),
        parameters=run.parameters,
        allowed=(last.number if last else 0) + spec.retries + 1,
        timeout_s=spec.timeout_s,
        memory_mb=spec.memory_mb,
        threads=threads,
        driver=driver,
    )


def _drive(
    tasks: list[Task],
    tally: Tally,
    cluster: Callable[[], AbstractContextManager[clusters.Connect]],
    mark: Path,
    progress: Progress,
    runner: Runner,
) -> None:
    dispatcher = Dispatcher(tasks, tally, progress, runner)
    with _stoppable(mark) as stop, cluster() as connect:
        while True:
            client = connect()
            try:
                dispatcher.run(client)
                return
            except SchedulerLost:
                time.sleep(_BEFORE_ANOTHER_TRY_S)
            except BaseException:
                stop()
                dispatcher.stop(client)
                raise
            finally:
                with suppress(Exception):  # of a scheduler that is gone
                    client.close(timeout=2)


@contextmanager
def _stoppable(mark: Path) -> Iterator[Callable[[], None]]:
    """A call that tells all attempts for this driver to stop, wherever they run."""

    def stop() -> None:
        with suppress(OSError):  # on a full disk they end with their workers
            mark.parent.mkdir(exist_ok=True)
            mark.touch()

    try:
        yield stop
    finally:
        mark.unlink(missing_ok=True)
        with suppress(OSError):  # not there, or another driver's mark is
            mark.parent.rmdir()


def _default_progress() -> Progress:
    """A widget in a notebook that somebody looks at, else nothing: libraries never print."""
    from .widget import in_notebook, show_progress

    return show_progress() if in_notebook() and RECORD_VARIABLE not in os.environ else _nothing


def _nothing(tally: Tally, result: Result | None) -> None:
    pass
