"""`astrokit data list|fetch|verify`, over a data set of two small files in a folder of one's own."""

import hashlib

import pytest

from astrokit import data
from astrokit.data import Dataset, RemoteFile, registry

FILES = {"a.csv": b"x\n1\n", "b.csv": b"x\n2\n"}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Register one data set, "small", that has its files in a local mirror."""
    files = tuple(RemoteFile(name, len(c), hashlib.sha256(c).hexdigest()) for name, c in FILES.items())
    small = Dataset(
        name="small",
        title="Two small files",
        repository="nobody/nothing",
        commit="0" * 40,
        files=files,
        licence="CC0-1.0",
        citation="Nobody (2020)",
        reader="json:loads",
        simulated=True,
    )
    monkeypatch.setattr(registry, "_registry", lambda: {"small": small})
    folder = tmp_path / "mirror" / "nobody+nothing"
    folder.mkdir(parents=True)
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    monkeypatch.setenv("ASTROKIT_DATA", str(tmp_path / "mirror"))
    monkeypatch.setenv("ASTROKIT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("ASTROKIT_MIRROR", "http://127.0.0.1:9")
    return folder


def test_the_list_has_size_licence_source_and_state(astrokit, folder):
    exit_code, printed, _ = astrokit("data", "list")
    assert exit_code == 0
    assert "Two small files" in printed
    assert "2 files, 0.0 MB, here" in printed
    assert "licence: CC0-1.0" in printed


def test_verify_is_silent_about_what_is_right(astrokit, folder):
    assert astrokit("data", "verify", "small")[:2] == (0, "small: 2 files, all right\n")


def test_verify_names_what_is_wrong_and_exits_with_1(astrokit, folder):
    (folder / "b.csv").write_bytes(b"x\n3\n")
    exit_code, printed, _ = astrokit("data", "verify")
    assert exit_code == 1
    assert printed == "small: 2 files, 1 wrong\nnext: astrokit data fetch (or --files to see which)\n"
    exit_code, printed, _ = astrokit("data", "verify", "--files")
    assert exit_code == 1
    assert "    b.csv is wrong" in printed


def test_fetch_checks_what_is_here(astrokit, folder):
    exit_code, printed, _ = astrokit("data", "fetch")
    assert exit_code == 0
    assert "small: 2 files, all right" in printed


def test_a_file_that_can_be_had_nowhere_is_one_line_and_exit_code_1(astrokit, folder):
    (folder / "b.csv").unlink()
    exit_code, _, error = astrokit("data", "fetch", "small")
    assert exit_code == 1
    assert error.startswith("astrokit: ")
    assert "b.csv" in error


@pytest.mark.parametrize("command", ["fetch", "verify"])
def test_an_unknown_name_is_a_wrong_word_and_exit_code_2(astrokit, folder, command):
    exit_code, _, error = astrokit("data", command, "smal")
    assert exit_code == 2
    assert "small" in error


def test_the_registered_sets_are_listed(astrokit, monkeypatch, tmp_path):
    monkeypatch.setenv("ASTROKIT_CACHE", str(tmp_path))
    monkeypatch.delenv("ASTROKIT_DATA", raising=False)
    _, printed, _ = astrokit("data", "list")
    assert all(name in printed for name in data.names())
