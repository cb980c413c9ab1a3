"""Light curves from a folder: what is read, what is refused, and that no download is tried."""

import pandas as pd
import pytest

from astrokit.data import describe, fetch
from astrokit.data.catalina import read_light_curves
from astrokit.errors import DataError, FetchError


@pytest.fixture
def folder(tmp_path):
    seen = pd.DataFrame({"source_id": [7, 7], "mjd": [1.0, 2.0], "mag": [15.0, None], "mag_err": [0.1, 0.1]})
    seen.to_parquet(tmp_path / "observations.parquet")
    (tmp_path / "sources.csv").write_text("source_id,period,type\n7,0.5,1\n8,,2\n")
    return tmp_path


def test_what_was_written_comes_back_with_its_gaps(folder):
    read = read_light_curves(folder)
    assert read.observations["mag"].isna().tolist() == [False, True]
    assert read.sources["period"].isna().tolist() == [False, True]
    assert read.sources["type"].tolist() == [1, 2]


def test_types_may_be_absent_and_periods_may_not(folder):
    (folder / "sources.csv").write_text("source_id,period\n7,0.5\n")
    assert read_light_curves(folder).sources.columns.tolist() == ["source_id", "period"]
    (folder / "sources.csv").write_text("source_id,P\n7,0.5\n")
    with pytest.raises(DataError, match="period"):
        read_light_curves(folder)


def test_a_survey_without_public_files_is_named_and_not_downloaded(tmp_path, monkeypatch):
    monkeypatch.delenv("ASTROKIT_DATA", raising=False)
    monkeypatch.setenv("ASTROKIT_CACHE", str(tmp_path))
    with pytest.raises(FetchError, match="no public address") as caught:
        fetch("catalina-sss")
    assert describe("catalina-sss").survey in str(caught.value)
    assert "ASTROKIT_DATA" in str(caught.value)
