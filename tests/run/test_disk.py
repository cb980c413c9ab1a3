"""A full disk or a failing writer: the record says so, the others finish, nothing half-written appears."""

import errno
import json
import os
import subprocess
import sys

import pytest

from astrokit.run import Record, execute
from astrokit.run import records as records_module
from astrokit.run.records import save_notebook, write_whole

LARGE_OUTPUT = "print('x' * 3_000_000)"


def test_a_full_disk_fails_one_notebook_and_the_record_says_so(notebook, tmp_path, small_disk):
    large = notebook(tmp_path / "large.ipynb", LARGE_OUTPUT)
    good = notebook(tmp_path / "small.ipynb", "print(1)")
    failed, finished = execute([large, good], out=small_disk, jobs=2)
    assert (failed.status, failed.error["name"]) == ("failed", "OSError")
    assert "No space left on device" in failed.error["message"]
    assert finished.ok
    assert [path.name for path in (small_disk / "large").iterdir()] == ["record.json"]
    assert Record.read(small_disk / "large" / "record.json") == failed


FILL = """
with open({file!r}, "wb", buffering=0) as file:
    try:
        while file.write(b"0" * 4096):
            pass
    except OSError:
        pass
"""


def test_space_for_the_record_is_held_while_a_notebook_fills_the_disk(notebook, tmp_path, small_disk):
    path = notebook(tmp_path / "fills.ipynb", FILL.format(file=str(small_disk / "filler")))
    (record,) = execute([path], out=small_disk)
    assert (record.status, record.error["name"]) == ("failed", "OSError")
    assert Record.read(small_disk / "fills" / "record.json") == record


LIMITED = """
import resource, sys
from astrokit.run import execute
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
large, good, out = sys.argv[1:]
print([record.status for record in execute([large, good], out=out, jobs=2)])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX limits on the size of a file")
def test_a_writer_that_fails_in_the_worker_fails_that_notebook_alone(notebook, tmp_path):
    paths = notebook(tmp_path / "large.ipynb", LARGE_OUTPUT), notebook(tmp_path / "small.ipynb", "print(1)")
    command = [sys.executable, "-c", LIMITED, *map(str, paths), str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stdout.strip() == "['failed', 'ok']", done.stderr
    record = Record.read(tmp_path / "out" / "large" / "record.json")
    assert (record.error["name"], "File too large" in record.error["message"]) == ("OSError", True)
    assert not (tmp_path / "out" / "large" / "notebook.ipynb").exists()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere; run as a user")
def test_a_folder_without_the_right_to_write_is_said(notebook, tmp_path):
    out = tmp_path / "out"
    out.mkdir(mode=0o500)
    (record,) = execute([notebook(tmp_path / "a.ipynb", "1")], out=out)
    assert (record.status, record.error["name"]) == ("failed", "PermissionError")


def test_results_in_a_place_that_is_a_file_fail_with_words(notebook, tmp_path):
    (tmp_path / "out").write_text("a file")
    (record,) = execute([notebook(tmp_path / "a.ipynb", "1")], out=tmp_path / "out")
    assert record.status == "failed"
    assert "results could not be written" in record.error["message"]


def full_disk(*_):
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_file_appears_whole_or_not_at_all(tmp_path, monkeypatch, step):
    path = tmp_path / "file.json"
    path.write_text("earlier")
    monkeypatch.setattr(records_module.os, step, full_disk)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, "new" * 1000)
    assert path.read_text() == "earlier"
    assert list(tmp_path.iterdir()) == [path]


def test_an_earlier_record_never_stands_beside_a_new_notebook(tmp_path, monkeypatch):
    for name in ("record.json", "notebook.ipynb", "notebook.html"):
        (tmp_path / name).write_text("earlier")
    monkeypatch.setattr(records_module.os, "replace", full_disk)
    with pytest.raises(OSError, match="No space"):
        save_notebook(tmp_path, {"cells": []})
    assert list(tmp_path.iterdir()) == []


def test_text_that_is_no_valid_unicode_is_written_all_the_same(tmp_path):
    write_whole(tmp_path / "x.json", json.dumps({"a": "\udcff"}, ensure_ascii=False))
    assert (tmp_path / "x.json").read_bytes() == b'{"a": "\\udcff"}'
