"""The scripts of Binder and CI: run bits, LF endings, shell syntax, and what repo2docker says to them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ["binder/postBuild", "binder/start", ".ci/run"]
pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has neither run bits nor bash; a POSIX system lifts this"
)


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_has_its_run_bit_a_shebang_and_sound_syntax(script):
    path = ROOT / script
    assert os.access(path, os.X_OK)
    assert path.read_text().startswith("#!/usr/bin/env bash\n")
    subprocess.run(["bash", "-n", path], check=True)


def test_git_checks_every_text_file_out_with_lf():
    assert "* text=auto eol=lf" in (ROOT / ".gitattributes").read_text().splitlines()


def test_binder_finds_the_environment_in_its_own_folder():
    link = ROOT / "binder" / "environment.yml"
    assert link.is_symlink()
    assert os.readlink(link) == "../environment.yml"
    assert link.read_text() == (ROOT / "environment.yml").read_text()


def test_start_sets_its_variables_and_becomes_the_session():
    show = "import os; print(os.getpid(), os.environ['NUMBA_CPU_NAME'], os.environ['BOKEH_RESOURCES'])"
    command = [ROOT / "binder/start", sys.executable, "-c", show]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    said, _ = process.communicate(timeout=60)
    assert said.split() == [str(process.pid), "generic", "inline"]  # the same process: signals reach it


def test_post_build_compiles_for_any_processor_and_installs_without_dependencies():
    lines = (ROOT / "binder/postBuild").read_text().splitlines()
    assert "export NUMBA_CPU_NAME=generic" in lines
    assert any(line.startswith("pip install --no-deps -e .") for line in lines)


@pytest.mark.skipif(not shutil.which("git"), reason="repo2docker needs git; installing git lifts this")
def test_repo2docker_accepts_the_project():
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--debug", str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    words = done.stdout + done.stderr
    assert done.returncode == 0, words
    assert "binder/environment.yml" in words
    assert "RUN ./binder/postBuild" in words
    assert 'ENV R2D_ENTRYPOINT="${REPO_DIR}/binder/start"' in words
