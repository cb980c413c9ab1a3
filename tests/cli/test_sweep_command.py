"""`astrokit sweep` and `astrokit results` from the words on their command lines to their exit codes."""

import json
from pathlib import Path

import pytest

from astrokit.cli import sweeping
from astrokit.run.sweeps import Summary
from astrokit.run.sweeps.ledger import Attempt, Ledger


@pytest.fixture
def swept(tmp_path, monkeypatch):
    """A folder with two runs, one of them failed, and what `sweep` was called with."""
    monkeypatch.chdir(tmp_path)
    out = tmp_path / "sweeps" / "spec"
    out.mkdir(parents=True)
    (tmp_path / "spec.yaml").write_text("notebooks: x")
    plan = [{"key": f"k{i}", "notebook": "one", "path": "x", "parameters": {"n": i}} for i in range(2)]
    (out / "plan.jsonl").write_text("".join(json.dumps(run) + "\n" for run in plan))
    ledger = Ledger(out)
    ledger.make()
    ledger.write(Attempt("k0", 1, "one", status="ok", metrics={"x": 1.5}))
    ledger.write(Attempt("k1", 1, "one", status="failed", reason="ValueError", message="bad", cell=2))
    return out


@pytest.mark.parametrize(("ok", "code"), [(2, 0), (1, 1)])
def test_the_exit_code_is_0_only_if_all_runs_are_done(astrokit, swept, monkeypatch, ok, code):
    asked = {}

    def sweep(spec, **options):
        asked.update(options, spec=spec)
        return Summary(swept, 2, ok, 2 - ok)

    monkeypatch.setattr(sweeping, "sweep", sweep)
    exit_code, printed, _ = astrokit("sweep", "spec.yaml", "-j", 3, "--resume")
    assert exit_code == code
    assert f"{ok} of 2 runs done" in printed
    assert (asked["spec"], asked["out"]) == (Path("spec.yaml"), Path("sweeps/spec"))
    assert (asked["jobs"], asked["resume"], asked["scheduler"], asked["slurm"]) == (3, True, None, None)


def test_after_ctrl_c_the_summary_names_what_failed_until_then(astrokit, swept, monkeypatch):
    def sweep(spec, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(sweeping, "sweep", sweep)
    exit_code, printed, complaint = astrokit("sweep", "spec.yaml")
    assert exit_code == 130
    assert "one(n=1): failed: ValueError in cell 2: bad" in printed
    assert "1 of 2 runs done" in printed
    assert "--resume" in complaint


def test_a_wrong_spec_is_one_line_with_its_line_and_nothing_runs(astrokit, swept, tmp_path):
    (tmp_path / "spec.yaml").write_text("seed: 1\nnotebook: x\n")
    exit_code, _, complaint = astrokit("sweep", "spec.yaml", "--out", "new")
    assert exit_code == 2
    assert complaint.startswith("astrokit: spec.yaml")
    assert len(complaint.splitlines()) == 1
    assert not (tmp_path / "new").exists()


def test_results_writes_the_tables_and_the_page(astrokit, swept):
    exit_code, printed, _ = astrokit("results", swept)
    assert exit_code == 0
    assert {"results.html", "results.csv", "results.parquet"} <= {path.name for path in swept.iterdir()}
    assert "1 of 2 runs done" in printed


def test_results_of_a_folder_that_is_no_sweep_is_an_error(astrokit, tmp_path):
    exit_code, _, complaint = astrokit("results", tmp_path)
    assert exit_code == 1
    assert "a plan in plan.jsonl" in complaint
