"""pyproject.toml (ranges), requirements.lock (pins) and environment.yml (the pins for conda) say the same."""

import importlib.metadata
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tools.lock import clean_pins, conda_text, lock_text

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text())
LINES = [line for line in (ROOT / "requirements.lock").read_text().splitlines() if not line.startswith("#")]
PINS = [Requirement(line) for line in LINES]
DECLARED = [
    Requirement(line)
    for group in (PROJECT["dependencies"], *PROJECT["optional-dependencies"].values())
    for line in group
]

FLOORS = {
    "torch": "2.6",
    "bokeh": "3.8.2",
    "jupyter_server": "2.20",
    "jupyterlab": "4.5.7",
    "nbconvert": "6.5.1",
}


def pinned(name: str) -> list[Version]:
    wanted = canonicalize_name(name)
    return [Version(pin_version(pin)) for pin in PINS if canonicalize_name(pin.name) == wanted]


def pin_version(pin: Requirement) -> str:
    (only,) = pin.specifier
    assert only.operator == "==", f"{pin} is not an exact pin"
    return only.version


def conda_pip_lines() -> list[str]:
    (pip,) = [entry["pip"] for entry in CONDA["dependencies"] if isinstance(entry, dict)]
    return pip


def test_every_line_of_the_lock_is_an_exact_pin():
    assert len(PINS) > 100
    assert all(pin_version(pin) for pin in PINS)


@pytest.mark.parametrize("declared", DECLARED, ids=lambda requirement: requirement.name)
def test_the_lock_pins_what_pyproject_declares(declared):
    versions = pinned(declared.name)
    assert versions, f"{declared.name} is in pyproject.toml and not in requirements.lock: make lock"
    assert all(declared.specifier.contains(version) for version in versions)


@pytest.mark.parametrize(("name", "floor"), FLOORS.items())
def test_the_security_floors_stand_in_pyproject(name, floor):
    (declared,) = [each for each in DECLARED if each.name == name]
    assert [(each.operator, each.version) for each in declared.specifier] == [(">=", floor)]
    assert all(version >= Version(floor) for version in pinned(name))


def test_environment_yml_is_python_plus_the_pins_of_the_lock():
    assert conda_pip_lines()[1:] == LINES
    assert [entry for entry in CONDA["dependencies"] if isinstance(entry, str)] == ["python=3.11", "pip"]
    assert Requirement(f"python{PROJECT['requires-python']}").specifier.contains("3.11")


def test_environment_yml_finds_the_cpu_build_of_torch():
    assert conda_pip_lines()[0] == "--extra-index-url https://download.pytorch.org/whl/cpu"
    assert Version("2.13.0+cpu") > Version("2.13.0")  # why pip prefers the extra index for this one pin


def test_both_files_are_what_the_lock_command_writes():
    assert (ROOT / "requirements.lock").read_text() == lock_text(LINES)
    assert (ROOT / "environment.yml").read_text() == conda_text(LINES)


def test_the_lock_names_no_index_and_no_cuda_package():
    text = (ROOT / "requirements.lock").read_text()
    assert not re.search(r"https?://|--index|--extra-index|--find-links", text)
    assert not [pin.name for pin in PINS if re.match(r"nvidia|cuda|triton", pin.name)]


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
@pytest.mark.parametrize("platform", ["linux", "win32", "darwin"])
def test_one_version_of_each_package_on_every_platform(python, platform):
    machine = {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "sys_platform": platform,
        "os_name": "nt" if platform == "win32" else "posix",
        "platform_machine": "arm64" if platform == "darwin" else "x86_64",
    }
    pinned_there, declared_there = (
        [
            canonicalize_name(each.name)
            for each in all_of
            if each.marker is None or each.marker.evaluate(machine)
        ]
        for all_of in (PINS, DECLARED)
    )
    assert len(pinned_there) == len(set(pinned_there))
    assert set(declared_there) <= set(pinned_there)


def test_what_is_installed_is_what_the_lock_says():
    here = [pin for pin in PINS if pin.marker is None or pin.marker.evaluate()]
    installed = {pin.name: Version(importlib.metadata.version(pin.name)).public for pin in here}
    assert installed == {pin.name: str(Version(pin_version(pin))) for pin in here}


def test_no_installed_package_lacks_what_it_needs():
    done = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_cuda_packages_and_markers_that_always_hold_are_dropped_from_a_draft():
    everywhere = (
        "python_full_version < '3.14' and ((platform_machine == 'arm64' and sys_platform == 'darwin')"
        " or sys_platform == 'linux' or sys_platform == 'win32')"
    )
    draft = f"""
numpy==2.4.6 ; {everywhere}
nvidia-cublas==13.1.1.3 ; python_full_version < '3.14' and sys_platform == 'linux'
cuda-toolkit==13.0.3.0 ; python_full_version < '3.14' and sys_platform == 'linux'
pywin32==312 ; python_full_version < '3.14' and sys_platform == 'win32'
"""
    assert clean_pins(draft) == ["numpy==2.4.6", "pywin32==312 ; sys_platform == 'win32'"]
