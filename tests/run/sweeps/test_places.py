"""Where a sweep runs, and the pages that say how: settings of Slurm, one place at a time, docs/sweeps.md."""

import re
import textwrap
from pathlib import Path

import pytest

import astrokit.run
from astrokit.errors import ParameterError
from astrokit.run.sweeps import sweep
from astrokit.run.sweeps.clusters import read_slurm
from astrokit.run.sweeps.expansion import expand
from astrokit.run.sweeps.spec import read_spec

PAGE = Path(__file__).parents[3] / "docs" / "sweeps.md"


def block(beginning):
    """The indented block of the page that begins with these words."""
    blocks = re.findall(r"(?m)(?:^    .*\n?)+", PAGE.read_text())
    return next(textwrap.dedent(text) for text in blocks if text.strip().startswith(beginning))


def test_the_spec_of_the_page_is_a_spec(notebook, tmp_path, monkeypatch):
    declared = "source = 'x'\nn_components = 2\nrandom_state = 0\nthreshold = 0.5\nlabel = ''"
    for name in ("set/pulsating-ulx", "my"):
        notebook(tmp_path / f"{name}.ipynb", (declared, "parameters"))
    monkeypatch.setenv("ASTROKIT_NOTEBOOKS", str(tmp_path / "set"))
    (tmp_path / "spec.yaml").write_text(block("notebooks:"))
    (tmp_path / "runs.csv").write_text("label\na\nb\n")
    spec = read_spec(tmp_path / "spec.yaml")
    assert len(expand(spec)) == 2 * 6 * 2 * 100
    assert (spec.retries, spec.timeout_s, spec.memory_mb) == (2, 600, 1500)


def test_the_settings_of_slurm_of_the_page_are_settings(tmp_path):
    (tmp_path / "slurm.yaml").write_text(block("jobs:"))
    read = read_slurm(tmp_path / "slurm.yaml")
    assert (read["jobs"], read["cores"], read["walltime"]) == (8, 4, "04:00:00")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"que": "short"}, "one of account"),
        ({"queue": "short\n#SBATCH --wrap=x"}, "one line each"),
        ({"job_extra_directives": ["a\nb"]}, "one line each"),
        ({"jobs": 0}, "1 or more"),
        ({"jobs": True}, "1 or more"),
        ({"queue": object()}, "plain values"),
    ],
)
def test_wrong_settings_of_slurm_are_refused(wrong, message):
    with pytest.raises(ParameterError, match=message):
        read_slurm(wrong)


def test_a_sweep_runs_in_one_place(declaring, tmp_path):
    with pytest.raises(ParameterError, match="one of jobs, scheduler and slurm"):
        sweep({"notebooks": [declaring]}, out=tmp_path / "out", jobs=2, scheduler="tcp://127.0.0.1:1")
    with pytest.raises(ParameterError, match="1 or more"):
        sweep({"notebooks": [declaring]}, out=tmp_path / "out", jobs=0)
    assert not (tmp_path / "out").exists()


def test_a_folder_with_a_sweep_is_not_begun_again_by_chance(declaring, tmp_path):
    (tmp_path / "out" / "ledger").mkdir(parents=True)
    (tmp_path / "out" / "ledger" / "k-001.json").write_text("{}")
    with pytest.raises(ParameterError, match="--resume"):
        sweep({"notebooks": [declaring]}, out=tmp_path / "out")


def test_sweep_is_in_the_room_for_those_who_ask():
    assert astrokit.run.sweep is sweep
    with pytest.raises(AttributeError):
        _ = astrokit.run.sweeep
