"""`import astrokit` and `astrokit --help` load nothing heavy; a new process is asked, not a clock."""

import json
import subprocess
import sys

import pytest

HEAVY = ["torch", "bokeh", "numba", "pandas", "scipy", "sklearn", "matplotlib", "astropy", "papermill"]


def loaded_by(code: str) -> set[str]:
    """Those of HEAVY that a new Python has loaded after `code`."""
    tell = f"import sys, json\nprint(); print(json.dumps([name for name in {HEAVY} if name in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", f"{code}\n{tell}"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_importing_astrokit_loads_nothing_heavy():
    assert loaded_by("import astrokit; astrokit.__version__; dir(astrokit)") == set()


def test_the_help_of_the_command_line_loads_nothing_heavy():
    code = """
import sys
sys.argv = ["astrokit", "--help"]
from astrokit.cli import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
"""
    assert loaded_by(code) == set()


@pytest.mark.parametrize("room", ["data", "run"])
def test_rooms_beside_the_models_do_not_load_torch(room):
    code = f"""
import importlib, pkgutil
room = importlib.import_module("astrokit.{room}")
for module in pkgutil.walk_packages(room.__path__, room.__name__ + "."):
    importlib.import_module(module.name)
"""
    assert "torch" not in loaded_by(code)


def test_a_heavy_import_is_noticed():
    assert "pandas" in loaded_by("import pandas")
