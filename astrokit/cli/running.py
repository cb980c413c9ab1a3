"""`astrokit run`: from the words of the command line to an exit code."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

from ..errors import NotebookError, ParameterError
from ..run.catalogue import Notebook, find, notebook_set
from ..run.engine import run_jobs
from ..run.last_ok import find_last_ok
from ..run.parameters import split_assignment
from ..run.plan import plan
from .watching import print_table, watch

INTERRUPTED = 130


def run_notebooks(
    names: list[str],
    *,
    everything: bool,
    assignments: list[str],
    profile: str,
    out: Path,
    timeout_s: float | None,
    jobs: int,
    gallery: bool,
) -> int:
    """Run notebooks, print a table, and return the exit code: 0 if all are ok, 1 if not, 130 after Ctrl-C."""
    planned = plan(_choose(names, everything), _given(assignments), profile=profile, from_text=True)
    try:
        with terminable(), watch(len(planned)) as watcher:
            records = run_jobs(planned, out=out, timeout_s=timeout_s, jobs=jobs, progress=watcher)
    except KeyboardInterrupt:
        print_table(watcher.records)
        ended = f"{len(watcher.records)} of {len(planned)}"
        print(f"stopped; {ended} had ended, their results are in {out}", file=sys.stderr)
        return INTERRUPTED
    print(f"results: {out}")
    print_table(records)
    for record in records:
        kept = None if record.ok else find_last_ok(out / record.notebook)
        if kept is not None:
            print(f"last good run of {record.notebook}: {kept}")
    if gallery:
        from ..run.gallery import build

        pictures = {job.notebook.name: job.notebook.path.parent for job in planned}
        print(f"gallery: {build(out, pictures=pictures)}")
    return 0 if all(record.ok for record in records) else 1


def _choose(names: list[str], everything: bool) -> list[Notebook]:
    if bool(names) == everything:
        raise NotebookError(
            "astrokit run",
            expected="names of notebooks, or --all",
            got="both" if names else "neither",
            next_step="`astrokit list` shows the names.",
        )
    return find(list(names)) if names else notebook_set()


def _given(assignments: list[str]) -> dict[str, str]:
    given: dict[str, str] = {}
    for assignment in assignments:
        name, value = split_assignment(assignment)
        if name in given:
            both = f"{given[name]!r} and {value!r}"
            raise ParameterError(f"-p {name}", expected="one value", got=both, next_step="Drop one.")
        given[name] = value
    return given


@contextmanager
def terminable() -> Iterator[None]:
    """Let SIGTERM, which batch systems send, and SIGHUP end a run as cleanly as Ctrl-C does."""

    def stop(number: int, frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    kinds = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    earlier = [signal.signal(kind, stop) for kind in kinds]
    try:
        yield
    finally:
        for kind, handler in zip(kinds, earlier, strict=True):
            signal.signal(kind, handler)
