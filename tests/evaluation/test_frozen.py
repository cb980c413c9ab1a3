"""Results that ship: the same after a round trip, whole or not at all, and side by side."""

import numpy as np
import pandas as pd
import pytest

from astrokit.evaluation import Estimate, read_results, side_by_side, write_results


@pytest.fixture
def results():
    return {
        "n": 3,
        "auc": Estimate(0.75324, 0.5, 1.0),
        "names": ["a", "b"],
        "rows": pd.DataFrame({"x": [0.25, np.nan], "of": ["a", "b"]}),
    }


def test_results_come_back_as_they_were(results, tmp_path):
    write_results(tmp_path / "r.json", results, ["rows"])
    again = read_results((tmp_path / "r.json").read_bytes(), ["rows"], ["auc"])
    pd.testing.assert_frame_equal(again.pop("rows"), results.pop("rows"))
    assert again == results
    assert isinstance(again["auc"], Estimate)


def test_tables_have_four_digits_and_numbers_five(tmp_path):
    rows = pd.DataFrame({"x": [0.123456]})
    write_results(tmp_path / "r.json", {"a": 0.1234567, "b": {"c": (0.1234567,)}, "rows": rows}, ["rows"])
    again = read_results((tmp_path / "r.json").read_bytes(), [])
    assert again == {"a": 0.12346, "b": {"c": [0.12346]}, "rows": [{"x": 0.1235}]}


def test_what_cannot_be_written_leaves_the_results_before_it(results, tmp_path):
    path = tmp_path / "r.json"
    write_results(path, results, ["rows"])
    before = path.read_bytes()
    with pytest.raises(TypeError):
        write_results(path, {"a": object()}, [])
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_an_estimate_takes_its_format_to_its_interval():
    columns = {"ours": {"auc": Estimate(0.75324, 0.5, 1)}, "paper": {"auc": "about .8"}, "theirs": {}}
    table = side_by_side(columns, {"auc": ("AUC", "{:.3f}")})
    assert table.loc["AUC"].tolist() == ["0.753 [0.500, 1.000]", "about .8", "not given"]
