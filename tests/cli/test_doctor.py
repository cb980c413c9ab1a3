"""`astrokit doctor`: each finding is right, and says what to do."""

from importlib import metadata

import pytest

from astrokit.cli import doctor
from astrokit.cli.doctor import Finding, cgroup_limit_gb, examine


def found(what):
    (finding,) = [finding for finding in examine() if finding.what == what]
    return finding


def test_this_installation_has_nothing_that_fails(astrokit, monkeypatch):
    monkeypatch.delenv("ASTROKIT_DATA", raising=False)
    exit_code, printed, _ = astrokit("doctor")
    assert exit_code == 0, printed
    words = ["Python", "packages", "numba cache", "data cache", "memory", "cores", "disk here", "browser"]
    assert [word for word in words if word not in printed] == []


def test_a_package_below_its_floor_fails_and_the_floor_is_that_of_the_installed_astrokit(monkeypatch):
    (floor,) = [line for line in metadata.requires("astrokit") if line.startswith("bokeh")]
    version = metadata.version
    monkeypatch.setattr(metadata, "version", lambda name: "3.8.1" if name == "bokeh" else version(name))
    finding = found("bokeh")
    assert finding.level == "fail"
    assert finding.found == f"version 3.8.1, needed {floor.removeprefix('bokeh')}"
    assert "make setup" in finding.advice


def test_a_package_that_is_not_there_fails(monkeypatch):
    version = metadata.version

    def without_torch(name):
        if name == "torch":
            raise metadata.PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr(metadata, "version", without_torch)
    assert found("torch").level == "fail"


def test_a_python_outside_the_bounds_fails(monkeypatch):
    monkeypatch.setattr(doctor.platform, "python_version", lambda: "3.9.1")
    assert found("Python").level == "fail"


def test_an_empty_numba_cache_is_a_warning(monkeypatch, tmp_path):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    assert found("numba cache").level == "warn"
    (tmp_path / "x.nbi").touch()
    assert found("numba cache").level == "ok"


def test_a_cache_that_cannot_be_written_fails(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("ASTROKIT_CACHE", str(tmp_path / "file" / "below"))
    finding = found("data cache")
    assert finding.level == "fail"
    assert "ASTROKIT_CACHE" in finding.advice


def test_the_size_of_the_cache_is_told(monkeypatch, tmp_path):
    (tmp_path / "x").write_bytes(b"0" * 2_500_000)
    monkeypatch.setenv("ASTROKIT_CACHE", str(tmp_path))
    assert "2.5 MB" in found("data cache").found


def test_a_data_folder_that_is_none_fails(monkeypatch, tmp_path):
    monkeypatch.setenv("ASTROKIT_DATA", str(tmp_path / "nowhere"))
    assert found("ASTROKIT_DATA").level == "fail"


@pytest.mark.parametrize(
    ("file", "content", "limit"),
    [
        ("memory.max", "2147483648\n", 2.0),
        ("memory.max", "max\n", None),
        ("memory/memory.limit_in_bytes", "1073741824\n", 1.0),
        ("memory/memory.limit_in_bytes", "9223372036854771712\n", None),
        ("other", "1", None),
    ],
)
def test_the_limit_of_the_control_group_is_read(tmp_path, file, content, limit):
    path = tmp_path / file
    path.parent.mkdir(exist_ok=True)
    path.write_text(content)
    assert cgroup_limit_gb(tmp_path) == limit


def test_little_memory_is_a_warning_and_no_failure(monkeypatch):
    monkeypatch.setattr(doctor, "cgroup_limit_gb", lambda: 0.5)
    assert found("memory").level == "warn"


def test_a_full_disk_is_a_warning(monkeypatch):
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda folder: Free(1e8))
    assert found("disk here").level == "warn"


class Free:
    def __init__(self, free):
        self.free = free


def test_a_finding_that_fails_makes_the_exit_code_1(monkeypatch, capsys):
    findings = [Finding("ok", "a", "b"), Finding("fail", "c", "d", "Do e.")]
    monkeypatch.setattr(doctor, "examine", lambda: findings)
    assert doctor.report() == 1
    assert "fail c: d. Do e." in capsys.readouterr().out
