"""`astrokit list`, `--help`, and the two ways to start."""

import json
import subprocess
import sys

from astrokit import __version__


def write(path, *cells):
    path.write_text(json.dumps({"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 4}))


def test_the_list_has_title_needs_and_parameters(astrokit, tmp_path, monkeypatch):
    text = "# What shines?\n\n**Level:** beginner · **Time:** 5 min · **Memory:** 1 GB"
    declare = 'source = "embedded"  # one of: "embedded", "real"\nn = 3'
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": text},
        {"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": declare},
    ]
    write(tmp_path / "first.ipynb", *cells)
    (tmp_path / "second.ipynb").write_text("{")
    monkeypatch.setenv("ASTROKIT_NOTEBOOKS", str(tmp_path))
    exit_code, printed, _ = astrokit("list")
    assert exit_code == 0
    assert printed.splitlines()[:5] == [
        "first",
        "    What shines?",
        "    beginner | 5 min | 1 GB",
        "    -p source ('embedded' or 'real', default 'embedded')",
        "    -p n (integer, default 3)",
    ]
    assert "expected a Jupyter notebook" in printed


def test_an_empty_set_is_said(astrokit, tmp_path, monkeypatch):
    monkeypatch.setenv("ASTROKIT_NOTEBOOKS", str(tmp_path))
    assert "no notebooks in" in astrokit("list")[1]


def test_the_help_names_every_command(astrokit):
    exit_code, printed, _ = astrokit("--help")
    assert exit_code == 0
    assert all(command in printed for command in ("run", "list", "data", "doctor"))


def test_the_version_is_that_of_the_package(astrokit):
    assert astrokit("--version")[:2] == (0, f"astrokit {__version__}\n")


def test_python_m_astrokit_is_the_same_program():
    done = subprocess.run([sys.executable, "-m", "astrokit", "run"], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("astrokit: ")
