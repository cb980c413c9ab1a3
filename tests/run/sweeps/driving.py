"""`astrokit sweep` in a process of its own; a mark in its environment finds all that it started."""

import json
import os
import subprocess
import sys
import time
import uuid
from contextlib import suppress
from pathlib import Path

import psutil

from astrokit.run.sweeps.ledger import Ledger

MARK = "ASTROKIT_TEST_MARK"


class Driving:
    """A sweep that runs; `end` waits for it."""

    def __init__(self, spec, out, *words, environment=None):
        self.out, self.mark = Path(out), uuid.uuid4().hex
        command = [sys.executable, "-m", "astrokit", "sweep", str(spec), "--out", str(out), *map(str, words)]
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,  # a group of its own, as a shell gives to what it starts
            env={**os.environ, **(environment or {}), MARK: self.mark},
        )

    def end(self, timeout=500):
        """(exit code, what it printed)"""
        output, _ = self.process.communicate(timeout=timeout)
        return self.process.returncode, output

    def wait_until(self, condition, timeout=120):
        deadline = time.monotonic() + timeout
        while not condition():
            assert self.process.poll() is None, self.process.stdout.read()
            assert time.monotonic() < deadline, "it never came"
            time.sleep(0.05)

    def family(self, *words):
        """Processes that this sweep started, orphans too, with these words in their command."""
        found = []
        for process in psutil.process_iter(["pid"]):
            with suppress(psutil.Error):
                ours = process.environ().get(MARK) == self.mark and process.pid != self.process.pid
                if ours and all(word in " ".join(process.cmdline()) for word in words):
                    found.append(process)
        return found

    def workers(self):
        return self.family("multiprocessing.spawn", "spawn_main")

    def leftovers(self, patience=10):
        """What is alive after so many seconds, or at once if nothing is."""
        deadline = time.monotonic() + patience
        while (alive := self.family()) and time.monotonic() < deadline:
            time.sleep(0.2)
        return [" ".join(process.cmdline()) for process in alive]

    def kill_all(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for process in self.family():
            with suppress(psutil.Error):
                process.kill()


def planned(out):
    return [json.loads(line) for line in (Path(out) / "plan.jsonl").read_text().splitlines()]


def attempts(out):
    """The attempts at each run, by its parameters."""
    ledger = Ledger(Path(out))
    return {tuple(run["parameters"].values()): ledger.attempts(run["key"]) for run in planned(out)}


def n_attempts(out):
    return len(list((Path(out) / "ledger").glob("[!.]*.json")))


def n_done(out):
    """How many attempts the ledger calls ok."""
    files = (Path(out) / "ledger").glob("[!.]*.json")
    return sum(json.loads(file.read_bytes())["status"] == "ok" for file in files)


def half_written(out):
    return [path for path in Path(out).rglob("*") if path.name.startswith(".") or path.name.endswith(".part")]


def unparsable(out):
    found = []
    for run in planned(out):
        for name in ("notebook.ipynb", "record.json"):
            try:
                json.loads((Path(out) / "runs" / run["key"] / name).read_bytes())
            except (OSError, ValueError):
                found.append((run["key"], name))
    return found
