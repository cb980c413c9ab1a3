"""Notebooks written for one purpose each, and one real run of all that go wrong, which many tests look at."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import filelock
import pytest

from astrokit.run import Record, execute

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


def write_notebook(path, *cells, language="python"):
    """Write a notebook of code cells; a cell is its source, (source, tag), or (source, None) for Markdown."""
    made = [_cell(*cell) if isinstance(cell, tuple) else _cell(cell, "") for cell in cells]
    metadata = {"kernelspec": {**KERNEL, "language": language}, "language_info": {"name": language}}
    content = {"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 4}
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))
    return path


def _cell(source, tag):
    if tag is None:
        return {"cell_type": "markdown", "metadata": {}, "source": source}
    metadata = {"tags": [tag]} if tag else {}
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": metadata,
        "outputs": [],
        "source": source.splitlines(keepends=True),
    }


@pytest.fixture(scope="session")
def notebook():
    return write_notebook


GOOD = """
import os, json
from astrokit.run import record
from astrokit.reporting import report_data
record("recall", 0.5, interval=(0.25, 0.75), paper=0.8)
record("recall", 0.625, interval=(0.5, 0.75), unit="", paper=0.8)
report_data(dict(name="sim", role="study", simulated=True, source="here", sha256=None, licence="BSD-3-Clause",
                 citation="Nobody (2020)", bytes=7))
print(json.dumps({name: os.environ.get(name) for name in ("OMP_NUM_THREADS", "BOKEH_RESOURCES")}))
"""
# A process that would outlive the notebook: it has left the kernel's session, and its parent too.
LEAVE_A_CHILD = """
import subprocess, pathlib
start = "subprocess.Popen(['sleep', '600'], start_new_session=True, stdout=subprocess.DEVNULL)"
code = f"import subprocess; print({{start}}.pid)"
pid = subprocess.run([{python!r}, "-c", code], stdout=subprocess.PIPE, text=True).stdout
pathlib.Path({file!r}).write_text(pid)
"""
WIDGET = """
import base64, ipywidgets
picture = base64.b64encode(base64.b64decode({png!r})).decode()
class Drawn(ipywidgets.VBox):
    def _repr_mimebundle_(self, **options):
        data = super()._repr_mimebundle_(**options)
        data = dict(data[0] if isinstance(data, tuple) else data)
        alt = 'Two "groups" & <one> gap'
        return {{**data, "image/png": picture}}, {{"image/png": {{"alt": alt}}}}
Drawn([ipywidgets.IntSlider()])
"""
ONE_PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
RAISE = 'raise ValueError("\\x1b[31mbad\\x1b[0m <b>")'
TELL_PID = "import os, pathlib\npathlib.Path({file!r}).write_text(str(os.getpid()))"
KILL_WORKER = "import os, signal, time\nos.kill(os.getppid(), signal.SIGKILL)\ntime.sleep(600)"
HOLD_MEMORY = "block = bytearray(300 * 2**20)\nfor i in range(0, len(block), 4096): block[i] = 1\ndel block"
PRINT_PARAMETERS = "import json\nprint(json.dumps([n, scale, label, flag, bands, path]))"
PARAMETERS = 'n = 3\nscale = 1.5\nlabel = "x"\nflag = False\nbands = ["g"]\npath = None'
HOSTILE_TEXTS = {
    "label": "'); __import__('os')._exit(1) #",
    "path": 'a"""\nimport os\nos._exit(1)\n\\" \\x22 \\',
    "n": 7,
    "scale": 2,
    "flag": True,
    "bands": ['"] + [__import__("os")._exit(1)]', "{n}"],
}
# Long for the others on a busy machine; `hangs` starts first, so that it costs little more than this.
TIME_LIMIT = 15


def fault_notebooks(folder):
    """One notebook for each way to end; the folder also gets the files in which they leave process ids."""

    def child(name):
        return LEAVE_A_CHILD.format(python=sys.executable, file=str(folder / f"{name}.pid"))

    kernel_pid = str(folder / "kills-worker.pid")
    cells = {
        "hangs": [child("hangs"), "import time\ntime.sleep(600)"],
        "good": [("n = 3", "parameters"), GOOD],
        "raises": [("# A title", None), ("n = 1", "parameters"), "1 + 1", RAISE],
        "sys-exit": ["import sys\nsys.exit()", "1 + 1"],
        "sys-exit-0": ["import sys\nsys.exit(0)"],
        "calls-exit": ["1", "exit()", "2"],
        "os-exit": ["1", "import os\nos._exit(0)", "2"],
        "sigkill": ["1", "2", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "3"],
        "kills-worker": [TELL_PID.format(file=kernel_pid), KILL_WORKER],
        "leaves-child": [child("leaves-child")],
        "expected": [("1 / 0", "raises-exception"), "print('went on')"],
        "memory": [HOLD_MEMORY],
        "widget": [WIDGET.format(png=ONE_PIXEL), "ipywidgets.IntSlider()"],
        "text": [(PARAMETERS, "parameters"), PRINT_PARAMETERS],
    }
    paths = [write_notebook(folder / f"{name}.ipynb", *made) for name, made in cells.items()]
    broken = folder / "broken.ipynb"
    broken.write_text('{"cells": [')
    other = write_notebook(folder / "other-language.ipynb", "print(1)", language="R")
    return [*paths, broken, other]


class FaultRun:
    """The folder with the results of the shared run, and its records by name."""

    def __init__(self, folder):
        self.notebooks, self.out = folder / "notebooks", folder / "out"
        files = sorted(self.out.glob("*/record.json"))
        self.records = {path.parent.name: Record.read(path) for path in files}

    def executed(self, name):
        return json.loads((self.out / name / "notebook.ipynb").read_text())

    def printed(self, name):
        outputs = [output for cell in self.executed(name)["cells"] for output in cell.get("outputs", [])]
        return "".join("".join(output.get("text", "")) for output in outputs)

    def left_pid(self, name):
        return int((self.notebooks / f"{name}.pid").read_text())


@pytest.fixture(scope="session")
def fault_run(tmp_path_factory, worker_id):
    """Run all of them once, also when pytest-xdist spreads the tests over several processes."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "fault-run"
    with filelock.FileLock(f"{folder}.lock"):
        if not (folder / "done").exists():
            paths = fault_notebooks(folder / "notebooks")
            leave_earlier_results(folder / "out", "broken", "raises", "sigkill")
            given = HOSTILE_TEXTS
            execute(paths, parameters=given, out=folder / "out", timeout_s=TIME_LIMIT, jobs=4)
            (folder / "done").touch()
    return FaultRun(folder)


def leave_earlier_results(out, *names):
    for name in names:
        (out / name).mkdir(parents=True)
        for file in ("record.json", "notebook.ipynb", "notebook.html"):
            (out / name / file).write_text("from an earlier run")


@pytest.fixture(scope="session")
def hostile_texts():
    return HOSTILE_TEXTS


@pytest.fixture
def small_disk(tmp_path, request):
    """A folder with a disk of its own, of 1 MB or of the size that an indirect parameter says."""
    folder = tmp_path / "small"
    folder.mkdir()
    size = getattr(request, "param", "1m")
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "astrokit-test", str(folder)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True).returncode != 0:
        pytest.skip("needs the right to mount a tmpfs: run as root on Linux")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)
