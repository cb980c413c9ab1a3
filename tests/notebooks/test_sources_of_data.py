"""Studies on a user's own file, and on the real observations."""

import numpy as np
import pytest

from astrokit.data.simulate.ulx import simulate_ulx
from astrokit.data.simulate.variables import simulate_variables
from astrokit.studies.stellar_mass.sample import draw_sample
from tests.notebooks.execution import Execution, astrokit_run, refused_connections
from tests.notebooks.outputs import NOTEBOOK_CHECKS, RECORD_CHECKS, first_output, study_data_simulated

STUDY, VARIABLES, GALAXIES = "pulsating-ulx", "gaia-variables", "stellar-mass"


def check_a_run_on_observed_data(folder, *arguments, study=STUDY, but=(), **variables):
    """Execute the study: what holds for simulated data must hold, and nothing may call itself simulated."""
    out = folder / "out"
    ended = astrokit_run(study, *arguments, out=out, **variables)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    execution = Execution(out / study)
    checks = {**NOTEBOOK_CHECKS, **RECORD_CHECKS}
    # Its budget of time belongs to the embedded data.
    for name in ("keeps_to_its_time", *but):
        checks.pop(name)
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


@pytest.mark.full
def test_a_users_own_variables_are_mapped_and_scored(tmp_path):
    own = tmp_path / "my variables.csv"
    simulate_variables(900, random_state=4).table.to_csv(own, index=False)
    arguments = ("-p", "source=file", "-p", f"path={own}")
    execution = check_a_run_on_observed_data(tmp_path, *arguments, study=VARIABLES)
    assert execution.record.data[0]["name"] == own.name
    assert execution.record.metrics["balanced_accuracy"]["value"] > 0.5
    assert "wrong_among_doubtful_labels" not in execution.record.metrics


@pytest.mark.full
def test_the_published_latents_are_scored_on_all_sources_with_a_class(tmp_path, real_gaia):
    execution = check_a_run_on_observed_data(
        tmp_path,
        *("-p", "source=real"),
        study=VARIABLES,
        but=("keeps_to_its_memory",),  # which belongs to the embedded data, too: here are ten times as many
        ASTROKIT_DATA=str(real_gaia),
    )
    metrics = execution.record.metrics
    assert metrics["balanced_accuracy"]["interval"][0] > metrics["balanced_accuracy"]["paper"]
    assert metrics["gain_over_plain_trees"]["interval"][0] > 0
    assert metrics["n_clusters"]["value"] == pytest.approx(15, abs=1)


@pytest.mark.full
def test_a_users_own_images_and_masses_get_a_network_of_their_own(tmp_path):
    sample = draw_sample(300, random_state=4)
    own = tmp_path / "my galaxies.npz"
    columns = {"source_id": np.arange(300).astype(str), "log_mass": sample.log_mass}
    for place, band in ((1, "g"), (2, "r")):
        columns |= {band: sample.values[:, place], f"e_{band}": sample.errors[:, place]}
        columns[f"image_{band}"] = sample.images[:, place].astype(np.float32)
    np.savez(own, **columns)
    ended = astrokit_run(GALAXIES, "-p", "source=file", "-p", f"path={own}", out=tmp_path / "out")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    record = Execution(tmp_path / "out" / GALAXIES).record
    assert record.data[0]["name"] == own.name
    assert not record.data[0]["simulated"]
    assert record.metrics["galaxies"]["value"] == 90  # three in ten
    assert record.metrics["I(optical), network (bit)"]["value"] > 0.5  # of two bands; the truth is 1.48
