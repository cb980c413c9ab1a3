"""A half-made .venv is never taken for a whole one, and two set-ups do not work at once."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tools import environment
from tools.project import TaskError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A project folder of its own, with a ready .venv in it; its pip and its compiler do nothing."""
    for name, value in {
        "ROOT": tmp_path,
        "VENV": tmp_path / ".venv",
        "STAMP": tmp_path / ".venv" / "stamp.json",
        "LOCK": tmp_path / "requirements.lock",
        "PROJECT": tmp_path / "pyproject.toml",
        "PYTHON": tmp_path / ".venv" / "python",
    }.items():
        monkeypatch.setattr(environment, name, value)
    for name in ("install_torch", "pip", "compile_all", "warm_caches"):
        monkeypatch.setattr(environment, name, lambda *arguments: None)
    monkeypatch.setattr(environment, "checked", lambda command: environment.PYTHON.touch())
    monkeypatch.delenv("ASTROKIT_TORCH", raising=False)
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "python").touch()
    (tmp_path / "requirements.lock").write_text("torch==2.13.0\n")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    environment.write_whole(environment.STAMP, json.dumps(environment.wanted_stamp()))
    return tmp_path


def test_a_finished_set_up_is_ready(folder):
    assert environment.is_ready()


@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml"])
def test_a_changed_file_is_taken_in_without_beginning_anew(folder, name):
    (folder / name).write_text("torch==2.14.0\n")
    assert not environment.is_ready()
    assert environment.can_refresh(environment.read_stamp(), environment.wanted_stamp())


@pytest.mark.parametrize(("key", "value"), [("root", "/elsewhere"), ("python", "3.12"), ("torch", "cuda")])
def test_another_folder_python_or_torch_begins_anew(folder, key, value):
    stamp = {**environment.wanted_stamp(), key: value}
    environment.write_whole(environment.STAMP, json.dumps(stamp))
    assert not environment.is_ready()
    assert not environment.can_refresh(environment.read_stamp(), environment.wanted_stamp())


@pytest.mark.parametrize("content", [None, "", '{"root": "/so'])
def test_without_a_whole_stamp_set_up_begins_anew(folder, content):
    environment.STAMP.unlink()
    if content is not None:
        environment.STAMP.write_text(content)
    assert not environment.is_ready()
    assert not environment.can_refresh(environment.read_stamp(), environment.wanted_stamp())


def test_a_moved_folder_and_a_changed_wish_for_cuda_are_noticed(folder, monkeypatch):
    monkeypatch.setenv("ASTROKIT_TORCH", "cuda")
    assert not environment.is_ready()
    monkeypatch.delenv("ASTROKIT_TORCH")
    assert environment.is_ready()
    monkeypatch.setattr(environment, "ROOT", folder / "moved")
    assert not environment.is_ready()


def test_a_virtual_environment_whose_python_is_gone_is_not_ready(folder):
    environment.PYTHON.unlink()
    assert not environment.is_ready()


@pytest.mark.parametrize("broken", ["install_torch", "pip", "compile_all", "warm_caches"])
def test_a_set_up_that_stops_at_any_step_leaves_no_stamp(folder, monkeypatch, broken):
    def stop(*arguments):
        raise TaskError("stopped")

    (folder / "requirements.lock").write_text("torch==2.13.1\n")
    monkeypatch.setattr(environment, broken, stop)
    with pytest.raises(TaskError):
        environment.make_ready()
    assert not environment.STAMP.exists()


def test_set_up_takes_five_steps_and_is_ready_afterwards(folder, capsys):
    environment.STAMP.unlink()
    environment.make_ready()
    assert environment.is_ready()
    said = capsys.readouterr().out.splitlines()
    assert [line[:5] for line in said] == ["[1/5]", "[2/5]", "[3/5]", "[4/5]", "[5/5]", "envir"]
    environment.make_ready()
    assert capsys.readouterr().out == ""


def test_too_little_space_is_said_before_anything_is_written():
    with pytest.raises(TaskError, match=r"expected 4 GB free, got 1\.5 GB"):
        environment.check_space(int(1.5e9))
    environment.check_space(int(4.1e9))


# --- real processes ---------------------------------------------------------------------------------------

PRELUDE = f"""
import os, pathlib, signal, subprocess, sys, time
sys.path.insert(0, {str(ROOT)!r})
from tools import environment
environment.ROOT = folder = pathlib.Path(sys.argv[1])
"""
BUILD_SLOWLY = """
done = folder / "done"
def build():
    with open(folder / "log", "a") as log:
        log.write("begin\\n"); log.flush(); time.sleep(0.5); log.write("end\\n")
    done.touch()
environment.is_ready, environment.build, environment.check_space = done.exists, build, lambda free: None
environment.make_ready()
"""
DIE_AND_LEAVE_A_CHILD = """
with environment.one_setup_at_a_time():
    subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], close_fds=False)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def start(code: str, folder: Path, **options) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-c", PRELUDE + code, str(folder)], **options)


def test_of_four_set_ups_at_once_one_builds_and_the_others_wait(tmp_path):
    running = [start(BUILD_SLOWLY, tmp_path, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    said = [process.communicate(timeout=60)[0] for process in running]
    assert [process.returncode for process in running] == [0] * 4
    assert (tmp_path / "log").read_text().split() == ["begin", "end"]
    assert any("waiting" in words for words in said)


@pytest.mark.skipif(
    sys.platform == "win32", reason="Windows hands no file lock on to children; a POSIX system lifts this"
)
def test_the_pip_of_a_killed_set_up_still_holds_the_lock(tmp_path):
    killed = start(DIE_AND_LEAVE_A_CHILD, tmp_path, stdin=subprocess.PIPE)
    try:
        assert killed.wait(timeout=60) == -signal.SIGKILL
        with open(tmp_path / ".setup.lock") as handle:
            assert not environment.try_lock(handle)
    finally:
        killed.stdin.close()  # the child that was left behind reads to the end, and ends
    next_one = start("with environment.one_setup_at_a_time(): pass", tmp_path, stdout=subprocess.DEVNULL)
    assert next_one.wait(timeout=60) == 0
