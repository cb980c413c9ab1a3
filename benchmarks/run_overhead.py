"""What `astrokit run` adds to papermill, and what two jobs gain over one.

Ten trivial notebooks through one `astrokit run --jobs 1`, beside ten `papermill` processes in the same run;
goal: at most 1.15 times as long. papermill is measured twice: as installed, and without `rfc3987_syntax`, an
import of jsonschema that astrokit skips, so that this gain is told apart from the rest. Then four notebooks
with 5 s of work each; goal: `--jobs 2` at least 1.5 times faster than `--jobs 1`.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

N_TRIVIAL, N_WORKING, ROUNDS = 10, 4, 3
TRIVIAL = "print(1 + 1)"
WORKING = "import time\nwhile time.process_time() < 5:\n    sum(range(1000))"
PAPERMILL = "from papermill.__main__ import papermill; papermill()"
LEAN_PAPERMILL = f"import sys; sys.modules['rfc3987_syntax'] = None; {PAPERMILL}"


def notebooks(folder: Path, name: str, source: str, count: int) -> list[Path]:
    cell = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": source}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    content = {"cells": [cell], "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 4}
    paths = [folder / f"{name}-{number}.ipynb" for number in range(count)]
    for path in paths:
        path.write_text(json.dumps(content))
    return paths


def call(*words: object) -> None:
    subprocess.run([sys.executable, *map(str, words)], check=True, capture_output=True)


def papermill(code: str, paths: list[Path]) -> None:
    for path in paths:
        call("-c", code, "--no-progress-bar", path, path.with_suffix(".out.ipynb"))


def astrokit(paths: list[Path], jobs: int) -> None:
    call("-m", "astrokit", "run", *paths, "--jobs", jobs, "--out", paths[0].parent / "runs")


def measure(peers: dict[str, Callable[[], None]], rounds: int) -> dict[str, float]:
    """Median seconds of each. They take turns, so that a busy moment hits all of them."""
    taken: dict[str, list[float]] = {name: [] for name in peers}
    for _ in range(rounds):
        for name, work in peers.items():
            started = time.perf_counter()
            work()
            taken[name].append(time.perf_counter() - started)
    return {name: statistics.median(values) for name, values in taken.items()}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        trivial = notebooks(Path(folder), "trivial", TRIVIAL, N_TRIVIAL)
        working = notebooks(Path(folder), "working", WORKING, N_WORKING)
        astrokit(trivial[:1], 1)  # file caches and byte code
        overhead = measure(
            {
                "papermill": lambda: papermill(PAPERMILL, trivial),
                "papermill, lean": lambda: papermill(LEAN_PAPERMILL, trivial),
                "astrokit": lambda: astrokit(trivial, 1),
            },
            ROUNDS,
        )
        gain = measure({"jobs 1": lambda: astrokit(working, 1), "jobs 2": lambda: astrokit(working, 2)}, 1)
    for name, value in overhead.items():
        ratio = overhead["astrokit"] / value
        print(f"{name:16} {value:6.1f} s for {N_TRIVIAL} trivial notebooks; astrokit / this: {ratio:.2f}")
    print(f"goal: astrokit / papermill at most 1.15, is {overhead['astrokit'] / overhead['papermill']:.2f}")
    for name, value in gain.items():
        print(f"{name:16} {value:6.1f} s for {N_WORKING} notebooks with 5 s of work")
    print(f"goal: jobs 1 / jobs 2 at least 1.50, is {gain['jobs 1'] / gain['jobs 2']:.2f}")


if __name__ == "__main__":
    main()
