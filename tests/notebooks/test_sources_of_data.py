"""The study on a user's own file, and on the real observations."""

import pytest

from astrokit.data.simulate.ulx import simulate_ulx
from tests.notebooks.execution import Execution, astrokit_run, refused_connections
from tests.notebooks.outputs import NOTEBOOK_CHECKS, RECORD_CHECKS, first_output, study_data_simulated

STUDY = "pulsating-ulx"


def check_a_run_on_observed_data(folder, *arguments, **variables):
    """Execute the study: what holds for simulated data must hold, and nothing may call itself simulated."""
    out = folder / "out"
    ended = astrokit_run(STUDY, *arguments, out=out, **variables)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    execution = Execution(out / STUDY)
    checks = {**NOTEBOOK_CHECKS, **RECORD_CHECKS}
    # Its budget of time belongs to the embedded data.
    checks.pop("keeps_to_its_time")
    found = {
        name: check(execution.notebook if name in NOTEBOOK_CHECKS else execution.record)
        for name, check in checks.items()
    }
    assert {name: problems for name, problems in found.items() if problems} == {}
    assert study_data_simulated(execution.record) == [False]
    assert "simulated" not in first_output(execution.notebook).lower()
    assert refused_connections(out) == []
    return execution


def test_the_study_runs_on_a_users_own_file(tmp_path):
    own = tmp_path / "my observations.csv"
    simulate_ulx(24, random_state=4).observations.to_csv(own, index=False)
    execution = check_a_run_on_observed_data(tmp_path, "-p", "source=file", "-p", f"path={own}")
    assert execution.record.data[0]["name"] == own.name
    assert execution.record.metrics["n_sources"]["value"] <= 24
    assert "ari_truth" not in execution.record.metrics


def test_a_file_that_is_not_there_is_named_in_the_record(tmp_path):
    ended = astrokit_run(STUDY, "-p", "source=file", "-p", "path=nowhere.csv", out=tmp_path / "out")
    record = Execution(tmp_path / "out" / STUDY).record
    assert ended.returncode != 0
    assert record.status == "failed"
    assert record.error["name"] == "DataError"
    assert "nowhere.csv" in record.error["message"]


@pytest.mark.full
def test_the_study_runs_on_the_real_observations(tmp_path, real_folder):
    execution = check_a_run_on_observed_data(tmp_path, "-p", "source=real", ASTROKIT_DATA=str(real_folder))
    assert execution.record.data[0]["name"] == "swift-ulx"
    assert execution.record.metrics["n_sources"]["value"] == 28
