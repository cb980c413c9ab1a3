"""The table and the summary of a sweep come from its ledger alone."""

import json
from pathlib import Path

import pandas
import pytest

from astrokit.errors import DataError
from astrokit.run.sweeps import read_results, summarise
from astrokit.run.sweeps.ledger import Attempt, Ledger

LABELS = ["a", "=1+1", "c, \u2600", "d"]
RUNS = [{"n": n, "label": label} for n, label in enumerate(LABELS, 1)]


def write_plan(out, runs=RUNS):
    out.mkdir(exist_ok=True)
    lines = [
        json.dumps({"key": f"k{i}", "notebook": "one", "path": "notebooks/one.ipynb", "parameters": run})
        for i, run in enumerate(runs)
    ]
    (out / "plan.jsonl").write_text("\n".join(lines) + "\n")
    Ledger(out).make()
    return Ledger(out)


@pytest.fixture
def ended(tmp_path):
    ledger = write_plan(tmp_path)
    lost = {"status": "lost", "reason": "the worker died"}
    metrics = {"auc": 0.5, "seconds": 7, "name": "x", "p_value": 0.01, "whole": True, "count": 3}
    ledger.write(Attempt("k0", 1, "one", **lost))
    ledger.write(Attempt("k0", 2, "one", status="ok", seconds=1.5, peak_mb=200, metrics=metrics))
    ledger.write(Attempt("k1", 1, "one", status="ok", metrics={"auc": None, "whole": False, "count": 2}))
    words = {"status": "killed", "reason": "memory", "message": "stopped at 1620 MB", "cell": 7}
    ledger.write(Attempt("k2", 1, "one", **words, peak_mb=1620))
    return tmp_path


@pytest.mark.parametrize("read", [read_results, lambda out: pandas.read_csv(out / "results.csv")])
def test_the_table_has_a_row_a_run_with_metrics_bare_and_parameters_marked(ended, read):
    summarise(ended)
    table = read(ended).set_index("key")
    assert list(table.index) == ["k0", "k1", "k2", "k3"]
    assert table["status"].tolist() == ["ok", "ok", "killed", "not run"]
    assert table["attempts"].tolist() == [2, 1, 1, 0]
    assert table["p_n"].tolist() == [1, 2, 3, 4]
    assert table["p_label"].tolist() == [run["label"] for run in RUNS]
    found = table.loc["k0", ["auc", "metric_seconds", "metric_p_value", "count", "seconds"]]
    assert found.tolist() == [0.5, 7, 0.01, 3, 1.5]
    assert table["auc"].isna().tolist() == [False, True, True, True]
    assert table.loc["k2", "reason"] == "memory"


def test_the_summary_names_every_failure_with_its_cell_and_reason(ended):
    summary = summarise(ended)
    assert (summary.total, summary.ok, summary.missing, summary.complete) == (4, 2, 1, False)
    (failure,) = map(str, summary.failures)
    assert "one(n=3, label='c, \u2600'): killed: memory in cell 7 (peak 1620 MB)" in failure
    assert "[1 attempt, k2]" in failure
    assert str(summary) == "2 of 4 runs done, 0 in this call, 1 failed, 1 not run"


def test_a_parameter_of_several_types_becomes_text(tmp_path):
    write_plan(tmp_path, [{"path": None}, {"path": 1}, {"path": "x"}, {"bands": ["g", 1]}])
    summarise(tmp_path)
    table = read_results(tmp_path)
    assert table["p_path"].tolist()[1:3] == ["1", "x"]
    assert table["p_bands"].tolist()[3] == "['g', 1]"


def test_a_folder_without_a_sweep_is_an_error(tmp_path):
    with pytest.raises(DataError, match="a plan in"):
        summarise(tmp_path)
    with pytest.raises(DataError, match="results of a sweep"):
        read_results(tmp_path)


def test_tables_appear_whole_or_not_at_all(ended, monkeypatch):
    summarise(ended)
    before = (ended / "results.csv").read_bytes()

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pandas.DataFrame, "to_csv", full)
    with pytest.raises(DataError, match="Free space there"):
        summarise(ended)
    assert (ended / "results.csv").read_bytes() == before
    assert [path for path in Path(ended).iterdir() if path.name.startswith(".")] == []
