"""The folder of a sweep: its plan, copies of its notebooks, and what has been found."""

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import DataError, ParameterError
from ..catalogue import Notebook
from ..records import write_whole
from .expansion import Run
from .keys import file_hash
from .ledger import Ledger

PLAN = "plan.jsonl"


@dataclass(frozen=True)
class Planned:
    """A run as the plan on disk has it; `path` is that of the copied notebook."""

    key: str
    notebook: str
    path: Path
    parameters: dict[str, Any]


def prepare(out: Path, runs: Iterable[Run], *, resume: bool) -> list[Planned]:
    """Make the folder, copy the notebooks, and write the plan.

    Runs take the copies: whoever edits a notebook while the sweep goes on changes none of them.

    Raises
    ------
    ParameterError
        When the folder holds results of a sweep and `resume` is False.
    DataError
        When it cannot be written.
    """
    if not resume and any((out / "ledger").glob("*.json")):
        raise ParameterError(
            f"the folder {out}",
            expected="one without a sweep",
            got="one in which runs have begun",
            next_step="Go on with --resume, or choose another --out.",
        )
    try:
        Ledger(out).make()
        copies: dict[Notebook, Path] = {}
        planned = []
        for run in runs:
            if run.notebook not in copies:
                copies[run.notebook] = _copy(run.notebook, out)
            path = copies[run.notebook]
            planned.append(Planned(run.key, run.notebook.name, path, dict(run.parameters)))
        write_whole(out / PLAN, "".join(_line(one, out) for one in planned))
    except OSError as error:
        raise unwritable(out, error) from error
    return planned


def read_plan(out: Path) -> Iterator[Planned]:
    """Return the runs of a plan, one at a time; DataError where there is none."""
    try:
        with open(out / PLAN, encoding="utf-8") as lines:
            for line in lines:
                one = json.loads(line)
                yield Planned(one["key"], one["notebook"], out / one["path"], one["parameters"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"the sweep in {out}",
            expected=f"a plan in {PLAN}",
            got=getattr(error, "strerror", None) or f"{type(error).__name__}: {error}",
            next_step="Give the folder that `astrokit sweep --out` named.",
        ) from error


def unwritable(out: Path, error: OSError) -> DataError:
    """The error for a folder that cannot be written: a full disk, or a worker without it."""
    return DataError(
        f"the folder {out}",
        expected="to write in it",
        got=error.strerror or str(error),
        next_step="Free space there, or check that every worker sees it; then go on with --resume.",
    )


def _line(one: Planned, out: Path) -> str:
    path = one.path.relative_to(out).as_posix()
    content = {"key": one.key, "notebook": one.notebook, "path": path, "parameters": one.parameters}
    return json.dumps(content, ensure_ascii=True) + "\n"


def _copy(notebook: Notebook, out: Path) -> Path:
    folder = out / "notebooks"
    folder.mkdir(exist_ok=True)
    target = folder / f"{notebook.name}-{file_hash(notebook.path)[:8]}.ipynb"
    if not target.exists():
        beside = folder / f".{target.name}-{os.getpid()}"
        shutil.copyfile(notebook.path, beside)
        os.replace(beside, target)
    return target
