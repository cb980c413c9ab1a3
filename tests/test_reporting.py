import json

import numpy as np
import pytest

from astrokit.errors import DataError, ParameterError
from astrokit.random import as_generator, as_seed
from astrokit.reporting import RECORD_VARIABLE, record, report_data


@pytest.fixture
def lines(tmp_path, monkeypatch):
    path = tmp_path / "record.jsonl"
    monkeypatch.setenv(RECORD_VARIABLE, str(path))
    return lambda: [json.loads(line) for line in path.read_text().splitlines()]


def test_a_number_is_recorded_with_interval_unit_and_the_papers_value(lines):
    record("recall", np.float32(0.5), interval=(np.float64(0.25), 0.75), unit="1", paper=0.6)
    expected = {
        "kind": "metric",
        "name": "recall",
        "value": 0.5,
        "interval": [0.25, 0.75],
        "unit": "1",
        "paper": 0.6,
    }
    assert lines() == [expected]


def test_nan_becomes_null_since_json_has_none(lines):
    record("recall", float("nan"))
    assert lines()[0]["value"] is None


def test_data_are_reported_beside_metrics(lines):
    report_data({"name": "x", "simulated": True})
    record("n", 3)
    assert [line["kind"] for line in lines()] == ["data", "metric"]


def test_without_the_variable_nothing_happens(monkeypatch, tmp_path):
    monkeypatch.delenv(RECORD_VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    record("recall", 1.0)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("value", [[1, 2], np.ones(3), None, {"a": 1}])
def test_only_scalars_can_be_recorded(value):
    with pytest.raises(ParameterError, match="Record one scalar per name"):
        record("x", value)


@pytest.mark.parametrize("interval", [(1.0,), (2.0, 1.0), (1, 2, 3), (float("nan"), 1.0)])
def test_an_interval_is_low_then_high(interval):
    with pytest.raises(ParameterError, match="low <= high"):
        record("x", 1.0, interval=interval)


def test_errors_survive_pickling_between_processes():
    import pickle

    error = DataError("file x", expected="1 row", got=0, next_step="Fetch it.")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is DataError
    assert str(again) == str(error) == "file x: expected 1 row, got 0. Fetch it."


def test_random_state_is_explicit():
    assert as_generator(3).random() == as_generator(3).random()
    generator = np.random.default_rng(0)
    assert as_generator(generator) is generator
    assert as_seed(5) == as_seed(5) != as_seed(6)
