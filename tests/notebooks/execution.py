"""Execute notebooks as a stranger would who has no network: a new home, nothing set, a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import filelock
import nbformat

from astrokit.run import Record

ROOT = Path(__file__).resolve().parents[2]
NO_NETWORK = Path(__file__).parent / "no_network"
# Where programs keep settings and caches of their own; numba's stays, or each run would compile for a minute.
PERSONAL = ("ASTROKIT_", "JUPYTER", "IPYTHON", "MPL", "XDG_", "BOKEH_")


class Execution:
    """What `astrokit run` left of one notebook: its record, and the notebook with outputs."""

    def __init__(self, folder):
        self.record = Record.read(folder / "record.json")
        executed = folder / "notebook.ipynb"
        self.notebook = nbformat.read(executed, as_version=4) if executed.exists() else None

    def slowest_cells(self, n_cells=4):
        """The cells that took longest, in words."""
        cells = self.notebook.cells if self.notebook else []
        taken = [(cell.metadata.get("papermill", {}).get("duration") or 0, cell.source) for cell in cells]
        ranked = sorted(taken, reverse=True)[:n_cells]
        return "\n".join(f"{seconds:6.1f} s  {source[:300]}" for seconds, source in ranked)


class ExecutedSet:
    """The folder that `astrokit run --gallery` wrote, and what is in it."""

    def __init__(self, out, printed):
        self.out, self.printed = out, printed
        folders = sorted(path.parent for path in out.glob("*/record.json"))
        self.executions = {folder.name: Execution(folder) for folder in folders}

    def refused_connections(self):
        return refused_connections(self.out)


def stranger(home):
    """Environment variables of somebody who has just made an account, without a network."""
    home.mkdir(parents=True, exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PERSONAL)}
    return {
        **kept,
        "HOME": str(home),
        "USERPROFILE": str(home),
        "PYTHONPATH": str(NO_NETWORK),
        "REFUSED_CONNECTIONS_LOG": str(_log(home)),
    }


def astrokit_run(*arguments, out, **variables):
    """Call `astrokit run` as a stranger who has set these variables; return the finished process."""
    command = [sys.executable, "-m", "astrokit", "run", *arguments, "--out", str(out)]
    environment = {**stranger(out.with_name(f"{out.name}-home")), **variables}
    return subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=1500,
        stdin=subprocess.DEVNULL,
    )


def refused_connections(out):
    """What wanted to leave the machine during the run that wrote to `out`."""
    log = _log(out.with_name(f"{out.name}-home"))
    return log.read_text().splitlines() if log.exists() else []


def executed_set(base):
    """Execute the whole set in its default profile, once for all tests, whichever process comes first."""
    out, printed = base / "notebook-set", base / "notebook-set.log"
    with filelock.FileLock(f"{out}.lock"):
        if not printed.exists():
            ended = astrokit_run("--all", "--gallery", out=out)
            printed.write_text(ended.stdout + ended.stderr)
    return ExecutedSet(out, printed.read_text())


def _log(home):
    return home / "refused-connections.log"
