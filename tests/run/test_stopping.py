"""Ctrl-C, SIGTERM and the death of the parent: children end, finished notebooks stay."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from astrokit.run import Record

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")

TELL_AND_HANG = """
import os, pathlib, time
pathlib.Path({file!r}).write_text(str(os.getpid()))
time.sleep(600)
"""


class Hanging:
    """`astrokit run` with a notebook that has ended and one that hangs in its cell."""

    def __init__(self, notebook, folder):
        pid_file = folder / "kernel.pid"
        good = notebook(folder / "good.ipynb", "print(1)")
        hangs = notebook(folder / "hangs.ipynb", TELL_AND_HANG.format(file=str(pid_file)))
        self.out = folder / "out"
        (self.out / "hangs").mkdir(parents=True)
        (self.out / "hangs" / "record.json").write_text("from an earlier run")
        command = [sys.executable, "-m", "astrokit", "run", str(good), str(hangs), "--out", str(self.out)]
        # A group of its own, as a shell gives to what it starts in the foreground.
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
        )
        deadline = time.monotonic() + 60
        while not (pid_file.exists() and pid_file.read_text()):
            assert self.process.poll() is None, self.process.stdout.read()
            assert time.monotonic() < deadline, "the notebook never started"
            time.sleep(0.05)
        self.children = psutil.Process(self.process.pid).children(recursive=True)
        assert int(pid_file.read_text()) in [child.pid for child in self.children]

    def end(self, number):
        # A terminal sends Ctrl-C to the whole group.
        os.killpg(self.process.pid, number)
        output, _ = self.process.communicate(timeout=20)
        _, alive = psutil.wait_procs(self.children, timeout=5)
        return output, alive


@pytest.fixture
def hanging(notebook, tmp_path):
    run = Hanging(notebook, tmp_path)
    yield run
    for process in (run.process, *run.children):
        if process.poll() is None if process is run.process else process.is_running():
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_children_and_keeps_what_had_finished(hanging, number):
    output, alive = hanging.end(number)
    assert hanging.process.returncode == 130
    assert alive == []
    assert Record.read(hanging.out / "good" / "record.json").ok
    assert "1 of 2 had ended" in output
    assert "Traceback" not in output
    # Nothing ended, so the results of the earlier run stay as they were.
    assert [path.read_text() for path in (hanging.out / "hangs").iterdir()] == ["from an earlier run"]


def test_children_end_when_the_parent_is_killed(hanging):
    _, alive = hanging.end(signal.SIGKILL)
    assert alive == []
