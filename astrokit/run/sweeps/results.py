"""What a sweep found: a table with a row for each run, and a summary that names every failure."""

import os
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import DataError
from .folder import Planned, read_plan, unwritable
from .ledger import Attempt, Ledger

if TYPE_CHECKING:
    import pandas

PARQUET, CSV = "results.parquet", "results.csv"
# The columns that every table has, before the parameters (`p_NAME`) and the metrics.
FIXED = ("key", "notebook", "status", "reason", "cell", "seconds", "peak_mb", "attempts")
_MISSING = "not run"
_FAILED = ("failed", "timeout", "killed", "lost")


@dataclass(frozen=True)
class Failure:
    """A run that did not end well, with its last attempt."""

    run: Planned
    attempt: Attempt

    def __str__(self) -> str:
        """One line: which run, in which cell, why, after how many attempts."""
        cell = "" if self.attempt.cell is None else f" in cell {self.attempt.cell}"
        said = (self.attempt.message.strip().splitlines() or [""])[0][:300]
        peak = f" (peak {self.attempt.peak_mb:.0f} MB)" if self.attempt.reason == "memory" else ""
        given = ", ".join(f"{name}={value!r}" for name, value in self.run.parameters.items())
        attempts = f"{self.attempt.number} attempt{'s' if self.attempt.number > 1 else ''}"
        words = f"{self.attempt.words}{cell}{peak}" + (f": {said}" if said else "")
        return f"{self.run.notebook}({given}): {words} [{attempts}, {self.run.key}]"


@dataclass(frozen=True)
class Summary:
    """How a sweep stands.

    Attributes
    ----------
    out : its folder
    total, ok, missing : int
        Runs of the sweep, those that are done, and those that have not come to an end.
    ran : int
        Runs that this call brought to an end, well or not.
    failures : list of Failure
    seconds : of this call
    """

    out: Path
    total: int
    ok: int
    missing: int
    ran: int = 0
    failures: list[Failure] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def complete(self) -> bool:
        return self.ok == self.total

    def __str__(self) -> str:
        parts = [f"{self.ok:,} of {self.total:,} runs done", f"{self.ran:,} in this call"]
        if self.failures:
            parts.append(f"{len(self.failures):,} failed")
        if self.missing:
            parts.append(f"{self.missing:,} not run")
        return ", ".join(parts)


def summarise(out: Path | str, *, ran: int = 0, seconds: float = 0.0) -> Summary:
    """Look at a sweep's folder, write `results.parquet` and `results.csv` there, and say how it stands.

    Only the ledger is read, never an executed notebook.

    Raises
    ------
    DataError
        When there is no sweep, or the tables cannot be written.
    """
    out = Path(out)
    planned = list(read_plan(out))
    last = Ledger(out).last(run.key for run in planned)
    _write_tables(table(planned, last), out)
    ended = [(run, last[run.key]) for run in planned if run.key in last]
    failures = [Failure(run, one) for run, one in ended if one.status in _FAILED]
    ok = sum(one.ok for _, one in ended)
    missing = len(planned) - ok - len(failures)
    return Summary(out, len(planned), ok, missing, ran, failures, seconds)


def table(planned: Sequence[Planned], last: Mapping[str, Attempt]) -> "pandas.DataFrame":
    """A row for each run, in the order of the plan; what a run has not is missing.

    Columns are those of `FIXED`, `p_NAME` for each parameter, and each metric by its own name, or as
    `metric_NAME` where that would be another column's.
    """
    import pandas

    columns: dict[str, list[Any]] = {name: [] for name in FIXED}
    for i, run in enumerate(planned):
        for name, value in _row(run, last.get(run.key)):
            column = columns.setdefault(name, [])
            column += [None] * (i - len(column))
            column.append(value)
    for column in columns.values():
        column += [None] * (len(planned) - len(column))
    return pandas.DataFrame({name: _one_type(values) for name, values in columns.items()})


def _row(run: Planned, last: Attempt | None) -> Iterator[tuple[str, Any]]:
    yield from (("key", run.key), ("notebook", run.notebook))
    if last is None:
        yield from (("status", _MISSING), ("attempts", 0))
    else:
        yield from (("status", last.status), ("reason", last.reason or None), ("cell", last.cell))
        yield from (("seconds", last.seconds), ("peak_mb", last.peak_mb), ("attempts", last.number))
    yield from ((f"p_{name}", value) for name, value in run.parameters.items())
    for name, value in (last.metrics if last else {}).items():
        taken = name in FIXED or name.startswith(("p_", "metric_"))
        yield (f"metric_{name}" if taken else name), value


def _one_type(values: list[Any]) -> "pandas.Series":
    """A column that every format can hold: of one type, or of texts."""
    import pandas

    kinds = {type(value) for value in values if value is not None}
    for kind, name in ((bool, "boolean"), (int, "Int64"), (float, "Float64")):
        if kinds == {kind}:
            return pandas.Series(values, dtype=name)
    if kinds == {int, float}:
        return pandas.Series([None if v is None else float(v) for v in values], dtype="Float64")
    return pandas.Series([v if v is None or isinstance(v, str) else repr(v) for v in values], dtype="string")


def _write_tables(frame: "pandas.DataFrame", out: Path) -> None:
    try:
        _write(out / PARQUET, lambda path: frame.to_parquet(path, index=False))
        _write(out / CSV, lambda path: frame.to_csv(path, index=False, encoding="utf-8"))
    except OSError as error:
        raise unwritable(out, error) from error


def _write(path: Path, write: Callable[[Path], None]) -> None:
    beside = path.with_name(f".{secrets.token_hex(4)}-{path.name}")
    try:
        write(beside)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def read_results(out: Path | str) -> "pandas.DataFrame":
    """Return the table of a sweep, as its last call wrote it; DataError where there is none."""
    import pandas

    path = Path(out) / PARQUET
    if not path.is_file():
        raise DataError(
            str(path), expected="the results of a sweep", got="no file", next_step="astrokit results DIR"
        )
    return pandas.read_parquet(path)
