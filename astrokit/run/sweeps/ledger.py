"""The truth about a sweep, on disk: one JSON file for each attempt at a run, and a lock for each run.

`DIR/ledger/KEY-001.json` says what came of the first attempt at the run KEY. It is there from the attempt's
first moment, as "running", and is replaced, whole, by what came of it. Whoever works on a key holds
`DIR/locks/KEY.lock`, which the system frees when its holder dies: "running" without a holder means that the
process was lost.
"""

import json
import os
import socket
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..records import Record, write_whole

OK, RUNNING, LOST, STOPPED = "ok", "running", "lost", "stopped"
_REASONS = {
    "MemoryLimit": "memory",
    "TimeoutError": "time",
    "DeadKernelError": "the kernel died",
    "ProcessDied": "the process that ran it died",
}


@dataclass(frozen=True)
class Attempt:
    """What came of one attempt at a run.

    Attributes
    ----------
    status : "running", "ok", "failed", "timeout", "killed", "lost" or "stopped"
        "lost": the worker died under it. "stopped": somebody stopped the sweep.
    reason : str
        In few words; empty if ok.
    message : str
        The error's own words.
    cell : int or None
        Index in the notebook's source.
    metrics : mapping from name to value
    """

    key: str
    number: int
    notebook: str
    status: str = RUNNING
    reason: str = ""
    message: str = ""
    cell: int | None = None
    seconds: float = 0.0
    peak_mb: float = 0.0
    host: str = ""
    pid: int = 0
    started_at: str = ""
    ended_at: str = ""
    metrics: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return self.status == OK

    @property
    def words(self) -> str:
        """Status and reason: "killed: memory"."""
        return f"{self.status}: {self.reason}" if self.reason else self.status

    @classmethod
    def beginning(cls, key: str, number: int, notebook: str) -> "Attempt":
        return cls(key, number, notebook, host=socket.gethostname(), pid=os.getpid(), started_at=_now())

    def ended(self, record: Record) -> "Attempt":
        """The same attempt with what the record of its run says."""
        error = record.error or {}
        name = str(error.get("name", ""))
        return replace(
            self,
            status=record.status,
            reason=_REASONS.get(name, name),
            message=str(error.get("message", ""))[:2000],
            cell=error.get("cell"),
            seconds=record.seconds,
            peak_mb=record.peak_rss_mb,
            ended_at=_now(),
            metrics={name: metric.get("value") for name, metric in record.metrics.items()},
        )

    def given_up(self, status: str, reason: str) -> "Attempt":
        """The same attempt, which left no record."""
        return replace(self, status=status, reason=reason, ended_at=_now())


class Ledger:
    """The attempts of a sweep in the folder `out`."""

    def __init__(self, out: Path) -> None:
        self.folder = out / "ledger"
        self.locks = out / "locks"

    def make(self) -> None:
        """Make the folders; OSError where that fails."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.locks.mkdir(exist_ok=True)

    def attempts(self, key: str) -> list[Attempt]:
        """The attempts at one run, first to last."""
        found: list[Attempt] = []
        while (attempt := self._read(key, len(found) + 1)) is not None:
            found.append(attempt)
        return found

    def last(self, keys: Iterable[str]) -> dict[str, Attempt]:
        """The last attempt at each of these runs that has one; one look at the folder for all of them."""
        wanted = set(keys)
        numbers: dict[str, int] = {}
        for key, number in self._names():
            if key in wanted:
                numbers[key] = max(number, numbers.get(key, 0))
        found = {key: self._read(key, number) for key, number in numbers.items()}
        return {key: attempt for key, attempt in found.items() if attempt is not None}

    def write(self, attempt: Attempt) -> None:
        """Put the attempt in place, whole; only for who holds the lock of its key."""
        write_attempt(self._path(attempt.key, attempt.number), attempt)

    @contextmanager
    def held(self, key: str) -> Iterator[bool]:
        """Hold the lock of a key in this block; False where somebody else holds it."""
        import filelock

        lock = filelock.FileLock(self.locks / f"{key}.lock")
        try:
            lock.acquire(blocking=False)
        except filelock.Timeout:
            yield False
            return
        try:
            yield True
        finally:
            lock.release()

    def _names(self) -> Iterator[tuple[str, int]]:
        if not self.folder.is_dir():
            return
        with os.scandir(self.folder) as entries:
            for entry in entries:
                key, dash, number = entry.name.removesuffix(".json").rpartition("-")
                if dash and not key.startswith(".") and number.isdigit():
                    yield key, int(number)

    def _read(self, key: str, number: int) -> Attempt | None:
        try:
            return read_attempt(self._path(key, number))
        except FileNotFoundError:
            return None
        except ValueError:
            # Cut off, as by a power failure: there was an attempt, and nothing is known about it.
            return Attempt(key, number, "", status=LOST, reason="its file in the ledger is damaged")

    def _path(self, key: str, number: int) -> Path:
        return self.folder / f"{key}-{number:03}.json"


def write_attempt(path: Path, attempt: Attempt) -> None:
    write_whole(path, json.dumps(asdict(attempt), ensure_ascii=False, allow_nan=False) + "\n")


def read_attempt(path: Path) -> Attempt:
    """Read one file of a ledger; ValueError where it is not whole."""
    content = json.loads(path.read_bytes())
    try:
        return Attempt(**{one.name: content[one.name] for one in fields(Attempt)})
    except (KeyError, TypeError) as error:
        raise ValueError(str(path)) from error


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
