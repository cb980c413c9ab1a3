"""Each data set in use says where it comes from, and the run's record holds it."""

import dataclasses
import hashlib
import json

import pytest

from astrokit.data import Provenance, load
from astrokit.errors import DataError, ParameterError


@pytest.fixture
def record(tmp_path, monkeypatch):
    path = tmp_path / "record.jsonl"
    monkeypatch.setenv("ASTROKIT_RECORD", str(path))
    return lambda: [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_load_answers_with_the_data_and_reports_once(small, server, record):
    loaded = load("small", role="truth_check")
    assert set(loaded.data) == {file.path for file in small.files}
    assert loaded.provenance.simulated is False
    assert record() == [{"kind": "data", **loaded.provenance.as_dict()}]
    assert record()[0]["role"] == "truth_check"
    assert record()[0]["source"].endswith(f"some-body/some_data/tree/{small.commit}")


def test_the_hash_of_a_data_set_is_that_of_its_sorted_hashes(small, contents, server):
    hashes = sorted(hashlib.sha256(content).hexdigest() for content in contents.values())
    expected = hashlib.sha256("\n".join(hashes).encode()).hexdigest()
    assert load("small").provenance.sha256 == expected


def test_an_unknown_role_is_refused_before_anything_is_fetched(small, server):
    with pytest.raises(ParameterError, match="study, truth_check"):
        load("small", role="training")
    assert not server.hits
    with pytest.raises(ParameterError, match="study, truth_check"):
        Provenance.of_simulation("groups", citation="us", role="training")


def test_a_users_file_is_hashed_and_reported(tmp_path, record):
    path = tmp_path / "mine.csv"
    path.write_bytes(b"a,b\n1,2\n")
    provenance = Provenance.of_file(path)
    assert provenance.sha256 == hashlib.sha256(b"a,b\n1,2\n").hexdigest()
    assert (provenance.name, provenance.bytes, provenance.simulated) == ("mine.csv", 8, False)
    assert len(record()) == 1


def test_a_users_file_that_is_not_there_is_an_error(tmp_path, record):
    with pytest.raises(DataError, match=r"nothing\.csv: expected a file that can be read, got No such file"):
        Provenance.of_file(tmp_path / "nothing.csv")


def test_simulated_data_say_so_and_keep_their_seed(record):
    provenance = Provenance.of_simulation("groups", citation="a paper", random_state=7)
    assert provenance.simulated
    assert "random_state=7" in provenance.source
    assert record()[0]["simulated"] is True


def test_bundled_data_carry_the_hash_of_their_bytes(record):
    provenance = Provenance.of_bundled("summary", b"abc", source="ours", citation="us", role="truth_check")
    assert provenance.sha256 == hashlib.sha256(b"abc").hexdigest()
    assert record()[0]["bytes"] == 3


def test_a_provenance_cannot_be_changed_afterwards():
    provenance = Provenance.of_simulation("groups", citation="a paper")
    with pytest.raises(dataclasses.FrozenInstanceError):
        provenance.simulated = False


def test_real_files_load_as_real(real_swift, record):
    loaded = load("swift-ulx")
    assert loaded.data["source"].nunique() == 39
    assert record()[0]["simulated"] is False
