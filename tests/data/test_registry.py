"""The registry is complete, portable and says what the public repositories say."""

import json
import re
from pathlib import PurePosixPath

import pytest

from astrokit.data import describe, names
from astrokit.data.registry import combined_sha256
from astrokit.errors import ParameterError

DATASETS = [pytest.param(describe(name), id=name) for name in names()]
PUBLIC = [pytest.param(describe(name), id=name) for name in names() if not describe(name).survey]


@pytest.mark.parametrize("dataset", DATASETS)
def test_every_entry_is_complete(dataset):
    if dataset.survey:  # no public file holds it
        assert dataset.survey == dataset.source
        assert (dataset.repository, dataset.commit, dataset.folder) == ("", "", dataset.name)
    else:
        assert re.fullmatch(r"[\w.-]+/[\w.-]+", dataset.repository)
        assert re.fullmatch(r"[0-9a-f]{40}", dataset.commit)
    assert re.fullmatch(r"[\w.]+:\w+", dataset.reader)
    assert all((dataset.title, dataset.licence, dataset.citation, dataset.files))


@pytest.mark.parametrize("dataset", DATASETS)
def test_every_file_has_a_hash_a_size_and_a_path_that_every_system_can_write(dataset):
    paths = [file.path for file in dataset.files]
    assert len({path.casefold() for path in paths}) == len(paths)
    for file in dataset.files:
        assert re.fullmatch(r"[0-9a-f]{64}", file.sha256)
        assert file.bytes > 0
        assert not PurePosixPath(file.path).is_absolute()
        assert ".." not in PurePosixPath(file.path).parts
        assert not re.search(r'[<>:"\\|?*\0]', file.path)


@pytest.mark.parametrize("dataset", PUBLIC)
def test_addresses_have_no_character_that_must_be_escaped(dataset):
    for file in dataset.files:
        url = dataset.url(file)
        assert url.startswith(f"https://raw.githubusercontent.com/{dataset.repository}/{dataset.commit}/")
        assert re.fullmatch(r"[A-Za-z0-9:/._%~-]+", url)


def test_brackets_commas_and_plus_signs_are_percent_escaped():
    dataset = describe("swift-ulx")
    file = next(file for file in dataset.files if "[SST2011]" in file.path and "curve" in file.path)
    assert dataset.url(file).endswith("/%5BSST2011%5D_J141939.39%2B564137.8%2Ccurve_nosys_join.csv")


def test_swift_ulx_has_two_curves_a_source_and_the_distances():
    files = [file.path for file in describe("swift-ulx").files]
    curves = {
        path.removesuffix(",curve_nosys_join.csv") for path in files if path.endswith("curve_nosys_join.csv")
    }
    bands = {path.removesuffix(",hardrat_join.csv") for path in files if path.endswith("hardrat_join.csv")}
    assert curves == bands
    assert len(curves) == 39
    assert {path.rpartition("/")[2] for path in files} >= {"source_with_hosts.csv", "XRT_obs_rates.csv"}


def test_the_registry_agrees_with_the_list_that_came_with_the_real_files(real_folder):
    rows = json.loads((real_folder / "MANIFEST.json").read_text(encoding="utf-8"))
    known = {(row["repository"], row["commit"], row["path"]): (row["bytes"], row["sha256"]) for row in rows}
    dataset = describe("swift-ulx")
    for file in dataset.files:
        assert known[dataset.repository, dataset.commit, file.path] == (file.bytes, file.sha256)


def test_an_unknown_name_says_which_ones_there_are():
    with pytest.raises(ParameterError, match=r"swift-ulx.*got 'swift-ulxs'.*Did you mean 'swift-ulx'"):
        describe("swift-ulxs")


def test_the_hash_of_several_files_does_not_depend_on_their_order():
    assert combined_sha256(["b", "a"]) == combined_sha256(["a", "b"]) != combined_sha256(["a", "c"])
