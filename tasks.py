#!/usr/bin/env python3
"""The project's commands: `python tasks.py help` lists them, `make NAME` calls them.

Standard library only: this file runs before anything is installed. A Python that is too old must still
read it, to say so; hence no syntax newer than 3.8.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from tools import environment
from tools import lock as locking
from tools.lab import FIRST, write_settings
from tools.project import PYTHON, ROOT, VENV, TaskError, call, say

OLDEST, NEWEST = (3, 11), (3, 13)

# What may follow a command as KEY=value.
VARIABLES = {
    "run": ("NAME", "PROFILE", "SOURCE", "JOBS", "OUT"),
    "test": ("FULL", "ARGS"),
    "lab": ("ARGS",),
    "bench": ("NAME",),
    "lock": ("UPGRADE",),
}


# --- commands ---------------------------------------------------------------------------------------------


def setup(options: dict) -> int:
    """make or refresh .venv from requirements.lock"""
    environment.make_ready()
    return 0


def run(options: dict) -> int:
    """execute the notebooks, write gallery/index.html; NAME="a b" PROFILE=full SOURCE=real JOBS=2 OUT=dir"""
    setup({})
    return call([PYTHON, "-m", "astrokit", "run", *run_arguments(options)])


def test(options: dict) -> int:
    """ruff, mypy, then pytest without the long ones; FULL=1 runs all, ARGS="-k word" goes to pytest"""
    setup({})
    styled = lint({})
    pytest = [PYTHON, "-m", "pytest"]
    together = call([*pytest, "-n", "2", *pytest_arguments("not serial", options)], OMP_NUM_THREADS="1")
    # What measures time or memory, or drives a browser, runs alone after the rest.
    alone = call([*pytest, *pytest_arguments("serial", options)])
    return worst_of(styled, together, alone)


def lint(options: dict) -> int:
    """ruff on everything, mypy on the package: what pre-commit and CI run"""
    setup({})
    return max(call([PYTHON, "-m", "ruff", "check", "."]), call([PYTHON, "-m", "mypy"]))


def lab(options: dict) -> int:
    """JupyterLab on notebooks/, for this machine only; ARGS go to jupyter"""
    setup({})
    write_settings(VENV)
    given = shlex.split(options.get("ARGS", ""))
    where = [f"--ServerApp.root_dir={ROOT / 'notebooks'}", f"--LabApp.default_url={FIRST}"]
    return call([PYTHON, "-m", "jupyterlab", "--ip=127.0.0.1", *where, *given])


def bench(options: dict) -> int:
    """run the benchmarks; NAME=import_time runs one"""
    setup({})
    folder = ROOT / "benchmarks"
    names = options.get("NAME", "").split() or sorted(path.stem for path in folder.glob("[!_]*.py"))
    return max(call([PYTHON, folder / f"{name}.py"]) for name in names)


def lock(options: dict) -> int:
    """make requirements.lock and environment.yml from pyproject.toml; UPGRADE=1 takes newer releases"""
    locking.make_lock(upgrade=bool(options.get("UPGRADE")))
    return 0


def clean(options: dict) -> int:
    """remove .venv, gallery/ and what tools leave behind"""
    for name in (".venv", "gallery", "build", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis"):
        shutil.rmtree(ROOT / name, ignore_errors=True)
    for name in ("astrokit.egg-info", *(p.relative_to(ROOT) for p in ROOT.rglob("__pycache__"))):
        shutil.rmtree(ROOT / name, ignore_errors=True)
    return 0


def help(options: dict) -> int:
    """print this"""
    say("make COMMAND [KEY=value], or python tasks.py COMMAND [KEY=value]\n")
    for name, command in COMMANDS.items():
        say(f"  {name:6} {command.__doc__}")
    return 0


COMMANDS = {f.__name__: f for f in (run, test, lab, setup, bench, lint, lock, clean, help)}


# --- arguments --------------------------------------------------------------------------------------------


def parse(words: list) -> tuple:
    """Split ["run", "NAME=a b"] into ("run", {"NAME": "a b"})."""
    command, *pairs = words or ["help"]
    if command not in COMMANDS:
        raise TaskError(f"command: expected one of {', '.join(COMMANDS)}, got {command!r}. Try: make help")
    options = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        known = VARIABLES.get(command, ())
        if not equals or key not in known:
            takes = ", ".join(f"{name}=..." for name in known) or "nothing"
            raise TaskError(f"{command}: expected {takes}, got {pair!r}. Try: make help")
        options[key] = value
    return command, options


def run_arguments(options: dict) -> list:
    arguments = [*options.get("NAME", "--all").split(), "--gallery"]
    for key, flag in (("PROFILE", "--profile"), ("JOBS", "--jobs"), ("OUT", "--out")):
        if options.get(key):
            arguments += [flag, options[key]]
    if options.get("SOURCE"):
        arguments += ["-p", f"source={options['SOURCE']}"]
    return arguments


def pytest_arguments(group: str, options: dict) -> list:
    wanted = group if options.get("FULL") else f"{group} and not full"
    return ["-m", wanted, *shlex.split(options.get("ARGS", ""))]


def worst_of(styled: int, together: int, alone: int) -> int:
    """One exit code; a group without tests (pytest's 5) counts only when the other one has none either."""
    empty = 5
    if together == alone == empty:
        return empty
    return max(styled, *(0 if code == empty else code for code in (together, alone)))


# --- the start --------------------------------------------------------------------------------------------


def other_python() -> str:
    """A Python of a supported version on PATH that really starts, or an empty text."""
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        path = shutil.which(f"python3.{minor}")
        if path and subprocess.run([path, "-c", ""], stderr=subprocess.DEVNULL).returncode == 0:
            return path
    return ""


def use_supported_python(words: list) -> None:
    """Go on under another Python if this one is too old or too new."""
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return
    path = other_python()
    if not path:
        raise TaskError(
            f"Python: expected 3.{OLDEST[1]} to 3.{NEWEST[1]}, got {sys.version.split()[0]} "
            f"at {sys.executable}. Install one of these, then: make PYTHON=/path/to/python3.12 run"
        )
    sys.exit(subprocess.run([path, __file__, *words]).returncode)


def main(words: list) -> int:
    try:
        use_supported_python(words)
        command, options = parse(words)
        return COMMANDS[command](options)
    except TaskError as error:
        say(f"\nerror: {error}")
    except subprocess.CalledProcessError as error:
        say(f"\nerror: {Path(error.cmd[0]).name} stopped with exit code {error.returncode}, see above")
    except KeyboardInterrupt:
        say("\nstopped")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
