"""What a sweep costs: two workers against one and against papermill, overhead, and memory that stays flat.

Three measurements. Forty notebooks with 5 s of work each: goal, two workers at least 1.5 times faster than
one, and than a shell loop over `papermill`. A thousand runs that do nothing: goal, at most 100 ms for
scheduling, locking and the ledger. Ten thousand runs that do nothing but leave outputs: planned, run in part
without an executed notebook, resumed and summarised; goal, peak memory of the driver that does not grow when
the outputs are ten times as large.

`python benchmarks/sweep.py small` does a fifth of it; `overhead`, `flat` and `working` name one part.
"""

import json
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from astrokit.run import Record
from astrokit.run.records import save_notebook, save_record
from astrokit.run.sweeps import summarise, sweep
from astrokit.run.sweeps.attempt import Task

WORKING = "import time\nwhile time.process_time() < {seconds}:\n    sum(range(1000))"
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
NEVER = "2026-01-01T00:00:00+00:00"
PAPERMILL = "from papermill.__main__ import papermill; papermill()"


def notebook(path: Path, source: str) -> Path:
    declared = {"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": "i = 0\nsize = 0"}
    cells = [{**declared}, {"cell_type": "code", "metadata": {}, "source": source}]
    whole = [{**cell, "execution_count": None, "outputs": []} for cell in cells]
    content = {"cells": whole, "metadata": {"kernelspec": KERNEL}, "nbformat": 4, "nbformat_minor": 4}
    path.write_text(json.dumps(content))
    return path


def nothing(task: Task, folder: Path, stop: threading.Event) -> Record:
    """Stand in for a notebook: write a record, and an output of the size that the parameters say."""
    folder.mkdir()
    size = task.parameters.get("size", 0)
    if size:
        output = {"cell_type": "markdown", "metadata": {}, "source": "x" * size}
        save_notebook(folder, {"cells": [output], "metadata": {}, "nbformat": 4, "nbformat_minor": 4})
    metrics = {"square": {"value": task.parameters["i"] ** 2}}
    record = Record(task.notebook, task.parameters, "ok", None, metrics, 0.0, 0.0, NEVER, {}, None)
    save_record(folder, record)
    return record


def seconds(work, *arguments, **options) -> float:
    started = time.perf_counter()
    work(*arguments, **options)
    return time.perf_counter() - started


def papermill(path: Path, n: int) -> None:
    for i in range(n):
        out = path.with_name(f"{i}.ipynb")
        command = [sys.executable, "-c", PAPERMILL, "--no-progress-bar", path, out, "-p", "i", i]
        subprocess.run(list(map(str, command)), check=True, capture_output=True)


def working(folder: Path, n: int) -> None:
    path = notebook(folder / "works.ipynb", WORKING.format(seconds=5))
    spec = {"notebooks": [path], "grid": {"i": list(range(n))}}
    took = {
        "papermill": seconds(papermill, path, n),
        "one worker": seconds(sweep, spec, out=folder / "one", jobs=1),
        "two workers": seconds(sweep, spec, out=folder / "two", jobs=2),
    }
    for name, value in took.items():
        ratio = value / took["two workers"]
        print(f"{name:12} {value:7.1f} s for {n} notebooks of 5 s; this / two workers {ratio:.2f}")
    print("goal: two workers at least 1.50 times faster than each of the others")


def overhead(folder: Path, n: int) -> None:
    path = notebook(folder / "nothing.ipynb", "1")
    started = sweep({"notebooks": [path], "grid": {"i": [0]}}, out=folder / "empty", jobs=1, runner=nothing)
    spec = {"notebooks": [path], "grid": {"i": list(range(n))}}
    before = time.process_time()
    took = seconds(sweep, spec, out=folder / "overhead", jobs=1, runner=nothing) - started.seconds
    driver = time.process_time() - before
    print(f"{1000 * took / n:.1f} ms for each of {n:,} runs that do nothing; goal: at most 100 ms")
    print(f"{1000 * driver / n:.1f} ms of processor time in the driver, the scheduler included")


def flat(folder: Path, n: int) -> None:
    for size in (1_000, 100_000):  # each in a process of its own: a peak never falls
        subprocess.run([sys.executable, __file__, "outputs", str(size), str(n), str(folder)], check=True)


def outputs(size: int, n: int, folder: Path) -> None:
    path = notebook(folder / "outputs.ipynb", "1")
    spec = {"notebooks": [path], "parameters": {"size": size}, "grid": {"i": list(range(n))}}
    out = folder / f"outputs-{size}"
    first = seconds(sweep, spec, out=out, jobs=2, runner=nothing)
    again = seconds(sweep, spec, out=out, resume=True, runner=nothing)
    summary = seconds(summarise, out)
    print(
        f"{n:,} runs with outputs of {size:,} bytes: {first:.0f} s; resumed in {again:.1f} s,"
        f" summarised in {summary:.1f} s; peak of the driver {peak_mb():.0f} MB"
    )


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 1024)


def main() -> None:
    if sys.argv[1:2] == ["outputs"]:
        size, n, folder = sys.argv[2:]
        outputs(int(size), int(n), Path(folder))
        return
    small = "small" in sys.argv
    parts = {"overhead": (overhead, 1000), "flat": (flat, 10_000), "working": (working, 40)}
    for name, (measure, n) in parts.items():
        if name in sys.argv or not set(parts) & set(sys.argv):
            with tempfile.TemporaryDirectory() as folder:
                measure(Path(folder), n // 5 if small else n)


if __name__ == "__main__":
    main()
