"""The record of a run: what ran, how it ended, what it found, and what it used.

`DIR/NAME/` holds the last run of one notebook: `notebook.ipynb` as executed, and `record.json`. The record is
removed first and written last, so where it is there, it belongs to the notebook beside it, and both are
whole. After a run that failed they are of that run, and its notebook shows the error; the last good run is
then in `DIR/NAME/last-ok/`. Where the new run left no whole notebook, there is none.
"""

import contextlib
import json
import os
import platform
import secrets
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

from ..errors import NotebookError

RECORD_FILE, NOTEBOOK_FILE, PAGE_FILE = "record.json", "notebook.ipynb", "notebook.html"
Status = Literal["ok", "failed", "timeout", "killed"]
_METRIC_KEYS = ("value", "interval", "unit", "paper")
_DATA_KEYS = ("name", "role", "simulated", "source", "sha256", "licence", "citation")
# Enough for a record; held on disk while the notebook runs, so that a full disk can still be reported.
_RESERVE_BYTES = 128 * 1024


@dataclass(frozen=True)
class Record:
    """What one execution of a notebook left behind.

    Parameters
    ----------
    notebook : str
    parameters : mapping
        As the notebook got them, beyond its defaults.
    status : "ok", "failed", "timeout" or "killed"
    error : mapping or None
        `cell` (index in the notebook's source, from 0, or None), `tags`, `name`, `message`, `traceback`.
    metrics : mapping from name to {value, interval, unit, paper}
    seconds : float
        Wall time, start of the kernel included.
    peak_rss_mb : float
        Largest resident memory of the whole process tree, in units of 2**20 bytes; shared pages count once a
        process.
    peak_anonymous_mb : float
        The same without pages that files stand behind, such as those of libraries: the part that the system
        cannot take back, and the one that two runs agree on.
    started_at : str
        UTC, ISO 8601.
    versions : mapping from package to version
    git_commit : str or None
    data : list of {name, role, simulated, source, sha256, licence, citation}
    """

    notebook: str
    parameters: Mapping[str, Any]
    status: Status
    error: Mapping[str, Any] | None
    metrics: Mapping[str, Mapping[str, Any]]
    seconds: float
    peak_rss_mb: float
    peak_anonymous_mb: float
    started_at: str
    versions: Mapping[str, str]
    git_commit: str | None
    data: list[Mapping[str, Any]] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return self.status == "ok"

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def read(cls, path: Path | str) -> "Record":
        """Read a `record.json`; NotebookError where it is not one."""
        names = [f.name for f in fields(cls)]
        try:
            content = json.loads(Path(path).read_bytes())
            return cls(**{name: content[name] for name in names})
        except (ValueError, KeyError, TypeError) as error:
            raise NotebookError(
                f"record {path}",
                expected="a JSON object with " + ", ".join(names),
                got=f"{type(error).__name__}: {error}",
                next_step="Run the notebook again.",
            ) from error


@contextlib.contextmanager
def reserved(folder: Path) -> Iterator[None]:
    """Make the folder, and hold some of its disk space until the block ends; OSError where that fails."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(b"\0" * _RESERVE_BYTES)
        file.flush()
        yield


def save_notebook(folder: Path, content: Mapping[str, Any] | None) -> None:
    """Put the executed notebook in place of what an earlier run left; without content only remove that.

    The earlier page stays for its readers until the gallery writes the new one, unless no notebook comes.
    """
    for name in (RECORD_FILE, NOTEBOOK_FILE):
        (folder / name).unlink(missing_ok=True)
    try:
        if content is not None:
            write_whole(folder / NOTEBOOK_FILE, json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    finally:
        if not (folder / NOTEBOOK_FILE).exists():
            (folder / PAGE_FILE).unlink(missing_ok=True)


def discard(folder: Path) -> None:
    """Remove what an earlier run left, as far as possible: the record that comes now is not about it."""
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        save_notebook(folder, None)


def save_record(folder: Path, record: Record) -> None:
    write_whole(folder / RECORD_FILE, json.dumps(record.as_dict(), indent=2, ensure_ascii=False) + "\n")


def write_whole(path: Path, text: str) -> None:
    """Write a file beside its final place and rename it, so that it appears whole or not at all."""
    beside = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    try:
        with open(beside, "x", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def read_reports(path: Path) -> tuple[dict[str, dict[str, Any]], list[dict[str, Any]]]:
    """Fold the lines that a notebook reported into (metrics, data). A line cut off by a kill is left out."""
    metrics: dict[str, dict[str, Any]] = {}
    data: list[dict[str, Any]] = []
    for entry in _lines(path):
        if entry.get("kind") == "metric":
            metrics[str(entry.get("name"))] = {key: entry.get(key) for key in _METRIC_KEYS}
        elif entry.get("kind") == "data":
            used = {key: entry.get(key) for key in _DATA_KEYS}
            if used not in data:
                data.append(used)
    return metrics, data


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return
    for line in lines:
        with contextlib.suppress(ValueError, RecursionError):
            entry = json.loads(line)
            if isinstance(entry, dict):
                yield entry


@cache
def versions() -> dict[str, str]:
    """Versions of Python, the platform, astrokit, and every package that astrokit requires."""
    found = {"python": platform.python_version(), "platform": platform.platform()}
    for name in ("astrokit", *required()):
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found


def required() -> dict[str, str]:
    """The packages that the installed astrokit requires, without extras: name -> version bound.

    Empty where astrokit is importable but not installed.
    """
    from packaging.requirements import Requirement

    try:
        lines = metadata.requires("astrokit") or []
    except metadata.PackageNotFoundError:
        return {}
    wanted = (Requirement(line) for line in lines)
    return {r.name: str(r.specifier) for r in wanted if r.marker is None or r.marker.evaluate({"extra": ""})}


@cache
def git_commit(folder: Path) -> str | None:
    """The commit that is checked out around a folder; None without git or outside a repository."""
    command = ["git", "-C", str(folder), "rev-parse", "--verify", "HEAD"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() or None if done.returncode == 0 else None
