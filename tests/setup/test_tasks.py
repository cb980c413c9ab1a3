"""`make COMMAND KEY=value` and `python tasks.py COMMAND KEY=value` do what they say, or say why not."""

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import tasks
from tools import pip, project
from tools.project import TaskError

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [ROOT / "tasks.py", *sorted((ROOT / "tools").glob("*.py"))]
needs_make = pytest.mark.skipif(not shutil.which("make"), reason="no make here; installing make lifts this")


@pytest.fixture(autouse=True)
def no_outer_make(monkeypatch):
    """A make that runs these tests hands its own variables down in the environment."""
    for name in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES"):
        monkeypatch.delenv(name, raising=False)


def test_a_command_takes_its_variables():
    assert tasks.parse(["run", "NAME=a b", "PROFILE=full"]) == ("run", {"NAME": "a b", "PROFILE": "full"})
    assert tasks.parse([]) == ("help", {})
    assert tasks.parse(["test", "ARGS=-k 'x=1'"]) == ("test", {"ARGS": "-k 'x=1'"})


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["runn"], r"expected one of run, test, .* got 'runn'"),
        (["run", "PROFIL=full"], r"run: expected NAME=\.\.\., PROFILE=.* got 'PROFIL=full'"),
        (["run", "full"], r"got 'full'"),
        (["clean", "NAME=x"], r"clean: expected nothing, got 'NAME=x'"),
    ],
)
def test_an_unknown_word_is_refused_with_what_is_known(words, message):
    with pytest.raises(TaskError, match=message):
        tasks.parse(words)


def test_run_without_variables_takes_all_notebooks_and_makes_the_gallery():
    assert tasks.run_arguments({}) == ["--all", "--gallery"]


def test_run_hands_its_variables_on():
    given = {"NAME": "one two", "PROFILE": "full", "SOURCE": "real", "JOBS": "2", "OUT": "there"}
    expected = "one two --gallery --profile full --jobs 2 --out there -p source=real"
    assert tasks.run_arguments(given) == expected.split()


def test_long_tests_run_only_when_asked_for():
    assert tasks.pytest_arguments("serial", {}) == ["-m", "serial and not full"]
    assert tasks.pytest_arguments("serial", {"FULL": "1"}) == ["-m", "serial"]
    assert tasks.pytest_arguments("serial", {"ARGS": "-k 'a b'"})[2:] == ["-k", "a b"]


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ((0, 0, 0), 0),
        ((1, 0, 0), 1),
        ((0, 1, 0), 1),
        ((0, 0, 5), 0),
        ((0, 5, 1), 1),
        ((0, 5, 5), 5),
        ((0, 137, 0), 137),
    ],
)
def test_one_failing_part_fails_the_whole_and_an_empty_group_does_not(codes, expected):
    assert tasks.worst_of(*codes) == expected


def test_a_command_ended_by_a_signal_has_failed():
    assert project.call([sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"]) != 0


def test_what_is_started_gets_the_caches_and_keeps_what_the_user_set(monkeypatch, tmp_path):
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setenv("BOKEH_RESOURCES", "cdn")
    monkeypatch.setattr(project, "cache_folder", lambda: tmp_path)
    variables = project.environment(OMP_NUM_THREADS="1")
    assert variables["NUMBA_CACHE_DIR"] == str(tmp_path / "numba")
    assert variables["BOKEH_RESOURCES"] == "cdn"
    assert variables["PATH"].startswith(str(project.BIN) + os.pathsep)


@pytest.mark.parametrize(
    ("platform", "expected"),
    [
        ("linux", "/cache/astrokit"),
        ("darwin", "/own/Library/Caches/astrokit"),
        ("win32", "/local/astrokit"),
    ],
)
def test_the_cache_is_in_the_users_own_folder(monkeypatch, platform, expected):
    monkeypatch.setattr(project.sys, "platform", platform)
    monkeypatch.setattr(project.Path, "home", lambda: Path("/own"))
    monkeypatch.setenv("XDG_CACHE_HOME", "/cache")
    monkeypatch.setenv("LOCALAPPDATA", "/local")
    assert project.cache_folder().as_posix() == expected


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_an_old_python_can_read_the_commands_and_needs_nothing_installed(path):
    tree = ast.parse(path.read_text(), feature_version=(3, 8))
    nodes = list(ast.walk(tree))
    imports = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    imports |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}
    assert {name.split(".")[0] for name in imports} <= sys.stdlib_module_names | {"tools"}


@pytest.mark.parametrize("version", [(3, 9, 2), (3, 10, 0), (3, 14, 0)])
def test_an_unsupported_python_says_what_it_needs(monkeypatch, capsys, version):
    monkeypatch.setattr(tasks.sys, "version_info", version)
    monkeypatch.setattr(tasks, "other_python", lambda: "")
    assert tasks.main(["setup"]) == 1
    assert "expected 3.11 to 3.13, got" in capsys.readouterr().out


def test_an_unsupported_python_hands_over_to_a_supported_one(monkeypatch):
    monkeypatch.setattr(tasks.sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(tasks, "other_python", lambda: sys.executable)
    with pytest.raises(SystemExit) as end:
        tasks.main(["help"])
    assert end.value.code == 0


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        (
            "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
            "disk is full",
        ),
        (
            "WARNING: Retrying after connection broken by 'NameResolutionError(\"HTTPSConnection("
            "host='download.pytorch.org', port=443): Failed to resolve\")'\nERROR: No matching",
            "ASTROKIT_TORCH=cuda",
        ),
        ("WARNING: Retrying after NewConnectionError(<pip...>)", "package index does not answer"),
        ("ERROR: Could not find a version (from versions: none)", "package index does not answer"),
        ("ERROR: Could not find a version of x==9 (from versions: 1, 2)", "(from versions: 1, 2)"),
        ("The virtual environment was not created because ensurepip is not available.", "python3-venv"),
        ("ERROR: something new", "something new"),
    ],
)
def test_what_pip_says_becomes_advice(words, advice):
    assert advice in pip.diagnose(words)


def test_a_failing_command_of_set_up_raises_with_its_last_words():
    with pytest.raises(TaskError, match="last words"):
        pip.checked([sys.executable, "-c", "import sys; sys.exit('last words')"])


@needs_make
def test_make_passes_on_what_stands_on_its_line_and_nothing_from_the_shell():
    environment = {**os.environ, "NAME": "a-computer", "OUT": "elsewhere"}
    command = ["make", "--no-print-directory", "-n", "run", "NAME=one two", "PYTHON=python9"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split("#")[0].split() == ["python9", "tasks.py", "run", "'NAME=one", "two'"]


@needs_make
def test_make_alone_prints_every_command():
    command = ["make", f"PYTHON={sys.executable}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert [name for name in tasks.COMMANDS if f"  {name} " not in done.stdout] == []


@needs_make
@pytest.mark.parametrize("command", tasks.COMMANDS)
def test_make_knows_every_command_of_tasks(command):
    done = subprocess.run(["make", "-n", command], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert f"tasks.py {command}" in done.stdout


def test_jupyterlab_opens_on_the_first_notebook_without_questions(tmp_path):
    from tools import lab

    lab.write_settings(tmp_path)
    settings = json.loads((tmp_path / "share/jupyter/lab/settings/overrides.json").read_text())
    assert settings["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"
    assert (ROOT / "notebooks" / lab.FIRST.rpartition("/")[2]).is_file()
