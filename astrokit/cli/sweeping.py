"""`astrokit sweep` and `astrokit results`: progress, a summary that names every failure, an exit code."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, SpinnerColumn, TextColumn
from rich.progress import Progress as Bars

from ..errors import DataError
from ..run.sweeps import Summary, summarise, sweep
from ..run.sweeps.attempt import Result
from ..run.sweeps.ledger import OK
from ..run.sweeps.tally import Progress, Tally, duration
from .running import INTERRUPTED, terminable
from .watching import LOG_EVERY_S, make_console


def run_sweep(spec: Path, *, out: Path, resume: bool, **place: Any) -> int:
    """Run a sweep, print how it stands, and return the exit code: 0 if all are done, 130 after Ctrl-C."""
    try:
        with terminable(), watch_sweep() as watcher:
            summary = sweep(spec, out=out, resume=resume, progress=watcher, **place)
    except KeyboardInterrupt:
        print("stopped; go on with --resume", file=sys.stderr)
        with suppress(DataError):  # it had not begun
            print_summary(summarise(out))
        return INTERRUPTED
    print_summary(summary)
    return 0 if summary.complete else 1


def show_results(folder: Path, *, pages: bool) -> int:
    """Write tables and page of a sweep, print where they are, and return 0."""
    from ..run.sweeps.view import build_view

    print_summary(summarise(folder))
    print(f"open {build_view(folder, pages=pages)}")
    return 0


def print_summary(summary: Summary) -> None:
    """Print the counts, every failure, and where the tables are."""
    for failure in summary.failures:
        print(failure)
    print(f"{summary} ({duration(summary.seconds)})" if summary.seconds else summary)
    print(f"results: {summary.out / 'results.csv'}, results.parquet")


@contextmanager
def watch_sweep() -> Iterator[Progress]:
    """Return, for the time of a sweep, what shows it: a bar in a terminal, plain lines elsewhere."""
    console = make_console()
    if not console.is_terminal:
        yield _Log(console)
        return
    columns = (SpinnerColumn(), BarColumn(), TextColumn("{task.description}", markup=False))
    with Bars(*columns, console=console, transient=True) as bars:
        bar = bars.add_task("starting", total=None)

        def update(tally: Tally, result: Result | None) -> None:
            bars.update(bar, description=tally.words, total=tally.total, completed=tally.ended)
            _tell_failure(console, result)

        yield update


class _Log:
    """A line for each failure, and one with the counts every ten seconds and at the end."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._last = -LOG_EVERY_S

    def __call__(self, tally: Tally, result: Result | None) -> None:
        _tell_failure(self._console, result)
        now = time.monotonic()
        if now - self._last >= LOG_EVERY_S or (result is not None and not tally.left):
            self._last = now
            self._console.print(tally.words, markup=False)


def _tell_failure(console: Console, result: Result | None) -> None:
    if result is not None and result.status != OK:
        console.print(f"{result.key}: {result.words}, attempt {result.number}", markup=False)
