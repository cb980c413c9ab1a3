"""`astrokit doctor`: what this installation has, what it lacks, and what to do about it."""

import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Literal, NamedTuple

from ..data.places import cache_folder
from ..errors import AstrokitError
from ..run.engine import cores
from ..run.records import required

# A notebook of the set stays within 1.0 GB; the kernel's machine needs some for itself.
_NEEDED_MEMORY_GB, _NEEDED_DISK_GB = 2.0, 2.0
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "firefox", "msedge")


_INSTALL = "Run: make setup (or pip install -r requirements.lock)"


class Finding(NamedTuple):
    """One line of the report; `advice` says what to do unless the level is "ok"."""

    level: Literal["ok", "warn", "fail"]
    what: str
    found: str
    advice: str = ""


def report() -> int:
    """Print every finding; return 1 if something fails, else 0."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    findings = examine()
    for finding in findings:
        line = Text(f"{finding.level:5}", {"ok": "green", "warn": "yellow", "fail": "red"}[finding.level])
        line.append(f"{finding.what}: {finding.found}", "default")
        if finding.advice:
            line.append(f". {finding.advice}", "default")
        console.print(line)
    return 1 if any(finding.level == "fail" for finding in findings) else 0


def examine() -> list[Finding]:
    """Return what all checks found."""
    checks: tuple[Callable[[], Iterator[Finding]], ...] = (
        _python,
        _packages,
        _numba_cache,
        _cache_folder,
        _data_folder,
        _memory,
        _cores,
        _disk,
        _browser,
    )
    return [finding for check in checks for finding in check()]


def _python() -> Iterator[Finding]:
    from packaging.specifiers import SpecifierSet

    version = platform.python_version()
    try:
        wanted = metadata.metadata("astrokit")["Requires-Python"] or ""
    except metadata.PackageNotFoundError:
        yield Finding("fail", "astrokit", "not installed, only importable", "Run: pip install --no-deps -e .")
        return
    fits = SpecifierSet(wanted).contains(version, prereleases=True)
    advice = "" if fits else f"astrokit needs Python {wanted}: make a new environment with one of these."
    yield Finding("ok" if fits else "fail", "Python", f"{version} at {sys.executable}", advice)


def _packages() -> Iterator[Finding]:
    """The bounds are those of the installed astrokit, security floors included: there is no second list."""
    from packaging.specifiers import SpecifierSet

    bounds = required()
    good = 0
    for name, bound in bounds.items():
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            yield Finding("fail", name, f"not installed, needed {bound}".rstrip(), _INSTALL)
            continue
        if SpecifierSet(bound).contains(version, prereleases=True):
            good += 1
        else:
            yield Finding("fail", name, f"version {version}, needed {bound}", _INSTALL)
    if good:
        yield Finding("ok", "packages", f"{good} of {len(bounds)} present, none of these below its floor")


def _numba_cache() -> Iterator[Finding]:
    # `make` sets NUMBA_CACHE_DIR to the second of these where nobody else did.
    folder = Path(os.environ.get("NUMBA_CACHE_DIR") or cache_folder() / "numba")
    compiled = sum(1 for _ in folder.rglob("*.nbi"))
    where = str(folder)
    if compiled:
        yield Finding("ok", "numba cache", f"{compiled} compiled functions, {where}")
    else:
        advice = "The first import of umap takes 20 to 80 s; `make setup` does it ahead."
        yield Finding("warn", "numba cache", f"empty, {where}", advice)


def _cache_folder() -> Iterator[Finding]:
    folder = cache_folder()
    advice = "Free it, or set ASTROKIT_CACHE to a folder that you may write."
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"astrokit")
    except OSError as error:
        yield Finding("fail", "data cache", f"{folder}: {error.strerror or error}", advice)
        return
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    yield Finding("ok", "data cache", f"{folder}, {size / 1e6:.1f} MB")


def _data_folder() -> Iterator[Finding]:
    stated = os.environ.get("ASTROKIT_DATA")
    if not stated:
        yield Finding("ok", "ASTROKIT_DATA", "not set; real data comes from the cache or its public address")
        return
    if not Path(stated).is_dir():
        yield Finding("fail", "ASTROKIT_DATA", f"{stated} is not a folder", "Correct it, or unset it.")
        return
    from ..data import names, verify

    for name in names():
        try:
            problems = verify(name)
        except AstrokitError as error:
            yield Finding("fail", f"data {name}", str(error))
            continue
        advice = f"Run: astrokit data verify {name}" if problems else ""
        found = f"{len(problems)} files missing or wrong" if problems else "all files here and right"
        yield Finding("warn" if problems else "ok", f"data {name}", found, advice)


def _memory() -> Iterator[Finding]:
    import psutil

    gigabytes = psutil.virtual_memory().available / 2**30
    limit = cgroup_limit_gb()
    found = f"{gigabytes:.1f} GB free" + ("" if limit is None else f", {limit:.1f} GB allowed to this group")
    enough = min(gigabytes, limit or gigabytes) >= _NEEDED_MEMORY_GB
    advice = "" if enough else f"Close other programs: {_NEEDED_MEMORY_GB:.0f} GB are safe for any notebook."
    yield Finding("ok" if enough else "warn", "memory", found, advice)


def cgroup_limit_gb(root: Path = Path("/sys/fs/cgroup")) -> float | None:
    """The memory that the control group of this machine or container allows; None without a limit."""
    for name in ("memory.max", "memory/memory.limit_in_bytes"):
        try:
            allowed = int((root / name).read_text())
        except (OSError, ValueError):  # Not there, or the word "max".
            continue
        # Version 1 writes "no limit" as a number near 2**63.
        return None if allowed > 2**60 else allowed / 2**30
    return None


def _cores() -> Iterator[Finding]:
    usable = cores()
    advice = "" if usable > 1 else "The stated times are for two cores."
    yield Finding("ok" if usable > 1 else "warn", "cores", f"{usable} usable", advice)


def _disk() -> Iterator[Finding]:
    for what, folder in (("disk here", Path.cwd()), ("temporary disk", Path(tempfile.gettempdir()))):
        free = shutil.disk_usage(folder).free / 1e9
        enough = free >= _NEEDED_DISK_GB
        advice = "" if enough else "Free some space, or choose another folder (--out, TMPDIR)."
        yield Finding("ok" if enough else "warn", what, f"{free:.1f} GB free at {folder}", advice)


def _browser() -> Iterator[Finding]:
    import webbrowser

    path = next(filter(None, map(shutil.which, _BROWSERS)), None)
    try:
        found = path or webbrowser.get().__class__.__name__
    except webbrowser.Error:
        advice = "The notebooks run; to look at JupyterLab or the gallery, open them from another machine."
        yield Finding("warn", "browser", "none found", advice)
        return
    yield Finding("ok", "browser", found)
