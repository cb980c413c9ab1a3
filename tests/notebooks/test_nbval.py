"""nbval runs the first notebook and compares the cells tagged `nbval-check-output` with what is committed."""

import subprocess
import sys

import nbformat
import pytest

from astrokit.run import find
from tests.notebooks.execution import ROOT, stranger
from tests.notebooks.shape import COMPARED, read, tagged

NOTEBOOK = find(["00-start-here"])[0].path


def nbval(path, home):
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--nbval-lax",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        ROOT,
        path,
    ]
    return subprocess.run(
        command, cwd=home.parent, env=stranger(home), capture_output=True, text=True, timeout=300, check=False
    )


def test_the_first_notebook_shows_what_is_committed(tmp_path):
    compared = tagged(read(NOTEBOOK), COMPARED)
    assert compared, f"no cell is tagged {COMPARED}, so nbval compares nothing"
    ended = nbval(NOTEBOOK, tmp_path / "home")
    assert ended.returncode == 0, ended.stdout


@pytest.mark.parametrize(("committed", "code"), [("2\n", 0), ("3\n", 1)])
def test_nbval_compares_the_cells_with_this_tag(tmp_path, committed, code):
    output = nbformat.v4.new_output("stream", text=committed)
    cell = nbformat.v4.new_code_cell(
        "print(1 + 1)", metadata={"tags": [COMPARED]}, outputs=[output], execution_count=1
    )
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "sum.ipynb")
    assert nbval(tmp_path / "sum.ipynb", tmp_path / "home").returncode == code
