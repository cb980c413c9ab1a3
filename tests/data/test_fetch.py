"""Files come from the user's folder, the cache, or the web, in this order, and never wrong or by halves."""

import shutil
import subprocess
import sys
import time

import pytest

from astrokit.data import describe, download, fetch, load, verify
from astrokit.errors import DataError, FetchError, ParameterError

FETCH = sys.modules["astrokit.data.fetch"]


def lay_out(folder, dataset, contents):
    for path, content in contents.items():
        target = folder / dataset.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return folder


def files_under(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_cold_cache_is_filled_and_then_used_without_asking_again(small, server, contents, cache):
    first = fetch("small")
    assert {path: local.read_bytes() for path, local in first.items()} == contents
    assert all(local.is_relative_to(cache) for local in first.values())
    assert sum(server.hits.values()) == len(contents)
    assert fetch("small") == first
    assert sum(server.hits.values()) == len(contents)
    assert files_under(cache) == sorted(contents)


def test_the_users_folder_comes_first_and_needs_no_network(small, server, contents, tmp_path, monkeypatch):
    folder = lay_out(tmp_path / "mine", small, contents)
    monkeypatch.setenv("ASTROKIT_DATA", str(folder))
    assert all(local.is_relative_to(folder) for local in fetch("small").values())
    assert not server.hits


def test_the_users_folder_may_be_named_from_the_current_folder(
    small, server, contents, tmp_path, monkeypatch
):
    lay_out(tmp_path / "mine", small, contents)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("ASTROKIT_DATA", "../mine")
    assert verify("small") == []
    assert not server.hits


def test_what_the_users_folder_lacks_comes_from_the_web(
    small, server, contents, tmp_path, monkeypatch, cache
):
    folder = lay_out(tmp_path / "mine", small, contents)
    (folder / small.folder / "large.bin").unlink()
    monkeypatch.setenv("ASTROKIT_DATA", str(folder))
    assert fetch("small")["large.bin"] == cache / "large.bin"
    assert sum(server.hits.values()) == 1


def test_a_wrong_file_in_the_users_folder_is_an_error_and_stays(
    small, server, contents, tmp_path, monkeypatch
):
    folder = lay_out(tmp_path / "mine", small, contents)
    wrong = folder / small.folder / "large.bin"
    wrong.write_bytes(contents["large.bin"][:-1] + b"?")  # the size is right
    monkeypatch.setenv("ASTROKIT_DATA", str(folder))
    with pytest.raises(
        DataError, match=r"large\.bin: expected 307,200 bytes with sha256 \w{12}, got 307,200"
    ):
        load("small")
    assert wrong.read_bytes().endswith(b"?")
    assert not server.hits


def test_a_users_folder_that_does_not_exist_is_an_error(small, server, monkeypatch):
    monkeypatch.setenv("ASTROKIT_DATA", "no/such/folder")
    with pytest.raises(DataError, match=r"ASTROKIT_DATA: expected a folder.*'no/such/folder'.*unset it"):
        fetch("small")


@pytest.mark.parametrize("damage", [lambda body: body[:-1], lambda body: b"?" + body[1:], lambda body: b""])
def test_a_wrong_file_in_the_cache_is_downloaded_anew(small, server, contents, cache, damage):
    fetch("small")
    (cache / "large.bin").write_bytes(damage(contents["large.bin"]))
    assert [(problem.path, problem.problem) for problem in verify("small")] == [("large.bin", "wrong")]
    assert fetch("small")["large.bin"].read_bytes() == contents["large.bin"]
    assert server.hits_of("large.bin") == 2
    assert server.hits_of("plain.csv") == 1


def test_verify_lists_what_is_missing_and_downloads_nothing(small, server, contents, cache):
    problems = verify("small")
    assert {problem.path for problem in problems} == set(contents)
    assert {problem.problem for problem in problems} == {"missing"}
    assert problems[0].location.startswith(str(cache))
    assert not server.hits


def test_a_served_cache_is_a_mirror(small, server, contents, monkeypatch, tmp_path):
    server.contents = {f"/{small.folder}/{path}": body for path, body in contents.items()}
    assert set(fetch("small")) == set(contents)


def test_a_mirror_must_be_a_web_address(small, monkeypatch, tmp_path):
    monkeypatch.setenv("ASTROKIT_MIRROR", str(tmp_path))
    with pytest.raises(ParameterError, match=r"ASTROKIT_MIRROR: expected .*http://.*use ASTROKIT_DATA"):
        fetch("small")


def test_without_a_mirror_the_public_address_is_asked(small, monkeypatch):
    asked = []
    monkeypatch.setattr(download, "_stream", lambda url, sink: asked.append(url))
    with pytest.raises(FetchError):
        fetch("small")
    assert set(asked) <= {small.url(file) for file in small.files}
    assert asked
    assert all(url.startswith("https://raw.githubusercontent.com/some-body/some_data/") for url in asked)


def test_progress_counts_all_bytes_and_nothing_is_printed(small, server, capfd):
    calls = []
    fetch("small", progress=lambda path, done, total: calls.append((path, done, total)))
    done = [call[1] for call in calls]
    assert done == sorted(done)
    assert done[-1] == small.bytes == calls[-1][2]
    assert {call[0] for call in calls} == {file.path for file in small.files}
    assert capfd.readouterr() == ("", "")


def test_progress_counts_what_is_already_here_as_done(small, server, cache):
    fetch("small")
    (cache / "tables/plain.csv").unlink()
    calls = []
    fetch("small", progress=lambda *call: calls.append(call))
    assert calls == [("tables/plain.csv", small.bytes, small.bytes)]


def truncated(handler, body, n_before):
    handler.answer(body[: len(body) // 2], length=len(body))


def cut_without_saying(handler, body, n_before):
    handler.answer(body[: len(body) // 2])


def other_bytes(handler, body, n_before):
    handler.answer(body[::-1])


def login_page(handler, body, n_before):
    handler.answer(b"<!DOCTYPE html><title>Conference WiFi</title>")


def endless(handler, body, n_before):
    handler.send_response(200)
    handler.end_headers()
    while True:  # until the client hangs up
        handler.wfile.write(body)


def not_found(handler, body, n_before):
    handler.send_error(404)


def too_many_requests(handler, body, n_before):
    handler.send_error(429)


def broken_server(handler, body, n_before):
    handler.send_error(503)


def hangs_up(handler, body, n_before):
    handler.connection.close()


FAULTS = {
    truncated: r"ChunkedEncodingError|ConnectionError|bytes with sha256",
    cut_without_saying: r"got 153,600 bytes with sha256",
    other_bytes: r"got 307,200 bytes with sha256 \w{12}, beginning",
    login_page: r"beginning b'<!DOCTYPE html><title>Conference WiFi",
    endless: r"got more than 307,200 bytes",
    not_found: r"got HTTP status 404",
    too_many_requests: r"got HTTP status 429",
    broken_server: r"got HTTP status 503",
    hangs_up: r"got \w*Error after 0 bytes",
}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_bad_answer_is_one_error_that_leaves_nothing_behind(small, server, cache, fault):
    server.fault = fault
    started = time.monotonic()
    with pytest.raises(FetchError, match=FAULTS[fault]) as caught:
        fetch("small")
    assert time.monotonic() - started < 5
    assert "large.bin: expected 307,200 bytes with sha256" in str(caught.value)
    assert "ASTROKIT_DATA" in caught.value.next_step
    assert "ASTROKIT_MIRROR" in caught.value.next_step
    assert not any("large.bin" in name or name.endswith(".part") for name in files_under(cache))
    server.fault = None
    assert fetch("small")["large.bin"].is_file()  # and the lock is free


@pytest.mark.parametrize("fault", [truncated, broken_server, hangs_up], ids=lambda fault: fault.__name__)
def test_a_connection_that_breaks_once_is_tried_again(small, server, contents, fault):
    server.fault = lambda handler, body, n_before: (
        handler.answer(body) if n_before else fault(handler, body, 0)
    )
    assert fetch("small")["large.bin"].read_bytes() == contents["large.bin"]


@pytest.mark.parametrize("fault", [other_bytes, too_many_requests], ids=lambda fault: fault.__name__)
def test_a_plainly_wrong_answer_is_not_asked_for_again(small, server, fault):
    server.fault = fault
    with pytest.raises(FetchError):
        fetch("small")
    assert server.hits_of("large.bin") == 1


def test_after_a_failure_the_other_files_are_not_tried(small, server, monkeypatch):
    monkeypatch.setattr(FETCH, "CONNECTIONS", 1)
    server.fault, server.bad = other_bytes, "join.csv"  # the first
    with pytest.raises(FetchError):
        fetch("small")
    assert server.hits_of("join.csv") == sum(server.hits.values()) == 1


def test_a_dead_server_is_given_up(small, server, monkeypatch):
    monkeypatch.setattr(download, "READ_TIMEOUT_S", 0.3)
    server.fault = lambda handler, body, n_before: time.sleep(3)
    started = time.monotonic()
    with pytest.raises(FetchError, match="no answer within"):
        fetch("small")
    assert time.monotonic() - started < 3


def test_nobody_listening_is_an_error_at_once(small, server, monkeypatch):
    monkeypatch.setenv("ASTROKIT_MIRROR", "http://127.0.0.1:9")
    started = time.monotonic()
    with pytest.raises(FetchError, match="Connection refused"):
        fetch("small")
    assert time.monotonic() - started < 5


def test_a_cache_that_cannot_be_made_is_an_error_that_names_the_variable(
    small, server, tmp_path, monkeypatch
):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("ASTROKIT_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(FetchError, match=r"expected to write in .*Set ASTROKIT_CACHE"):
        fetch("small")


def test_a_file_in_place_of_a_folder_of_the_cache_is_an_error(small, server, cache):
    cache.mkdir(parents=True)
    (cache / "tables").write_text("in the way")
    with pytest.raises(FetchError, match=r"while writing .*set ASTROKIT_CACHE"):
        fetch("small")


@pytest.mark.skipif(
    sys.platform == "win32", reason="needs the POSIX limit on file size; run on Linux or macOS"
)
def test_a_full_disk_is_an_error_and_leaves_nothing_behind(small, server, cache, start_client):
    client = start_client("import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))")
    out, err = client.communicate("go\n", timeout=30)
    assert "FetchError large.bin: expected" in out, err
    assert "while writing" in out
    assert "ASTROKIT_CACHE" in out
    assert not any("large.bin" in name for name in files_under(cache))


def test_real_files_are_all_there_and_one_changed_byte_is_found(real_folder, tmp_path, monkeypatch):
    monkeypatch.setenv("ASTROKIT_DATA", str(real_folder))
    assert verify("swift-ulx") == []
    folder = describe("swift-ulx").folder
    copy = shutil.copytree(real_folder / folder, tmp_path / folder, copy_function=shutil.copyfile)
    victim = next(copy.rglob("SS433,curve*.csv"))
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.chmod(0o644)
    victim.write_bytes(content)
    monkeypatch.setenv("ASTROKIT_DATA", str(tmp_path))
    with pytest.raises(DataError, match=r"SS433,curve_nosys_join\.csv: expected"):
        load("swift-ulx")


def test_importing_the_room_loads_nothing_heavy():
    heavy = ("numpy", "pandas", "pyarrow", "astropy", "pooch", "requests", "torch")
    code = f"import sys, astrokit.data; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
