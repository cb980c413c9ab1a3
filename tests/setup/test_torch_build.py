"""Which build of torch set-up takes, decided from pip's report on plain `torch==2.13.0`."""

from pathlib import Path

import pytest

from tools import torch_build
from tools.project import CPU_INDEX, LOCK
from tools.torch_build import needs_gpu_packages, torch_arguments, torch_pin

PIN = "torch==2.13.0"
COMMON = ["filelock", "typing-extensions>=4.10.0", "sympy>=1.13.3", "networkx>=2.5.1", "jinja2"]
CUDA = [
    'cuda-toolkit[cublas,cudart]==13.0.3; platform_system == "Linux"',
    'nvidia-cudnn-cu13==9.20.0.48; platform_system == "Linux"',
    'triton==3.7.1; platform_system == "Linux" and python_version < "3.15"',
]


def report(needs: list[str], version: str = "2.13.0") -> dict:
    """The part of `pip install --dry-run --report -` that counts."""
    metadata = {"name": "torch", "version": version, "requires_dist": needs}
    return {"version": "1", "install": [{"metadata": metadata}]}


@pytest.mark.parametrize("need", CUDA)
def test_one_gpu_package_is_enough_to_tell_the_default_build(need):
    assert needs_gpu_packages(report([*COMMON, need]))


def test_the_cpu_build_asks_for_no_gpu_package():
    assert not needs_gpu_packages(report(COMMON, "2.13.0+cpu"))
    assert not needs_gpu_packages(report([*COMMON, "tritonclient-like>=1", "nvidiafoo"]))


def test_linux_goes_to_the_cpu_index_when_plain_torch_would_bring_cuda():
    chosen = torch_arguments(PIN, report(COMMON + CUDA), "linux", "cpu")
    assert chosen == ["--no-deps", "--index-url", CPU_INDEX, PIN]


def test_linux_stays_where_pip_already_finds_a_cpu_build():
    assert torch_arguments(PIN, report(COMMON, "2.13.0+cpu"), "linux", "cpu") == ["--no-deps", PIN]


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_elsewhere_the_default_build_is_for_cpus_though_its_metadata_name_cuda_for_linux(platform):
    assert torch_arguments(PIN, report(COMMON + CUDA), platform, "cpu") == ["--no-deps", PIN]


def test_an_installed_torch_is_left_alone():
    assert torch_arguments(PIN, {"install": []}, "linux", "cpu") == ["--no-deps", PIN]


def test_who_asks_for_cuda_gets_the_default_build_with_its_packages():
    chosen = torch_arguments(PIN, {}, "linux", "cuda")
    assert chosen == [PIN, "--constraint", LOCK]


@pytest.mark.parametrize(
    ("platform", "choice", "asked"), [("linux", "cpu", 1), ("linux", "cuda", 0), ("darwin", "cpu", 0)]
)
def test_pip_is_asked_only_where_its_answer_matters(monkeypatch, platform, choice, asked):
    questions, installed = [], []
    monkeypatch.setattr(torch_build, "ask_pip", lambda pin: questions.append(pin) or report(COMMON))
    monkeypatch.setattr(torch_build, "pip", lambda *arguments: installed.append(arguments))
    torch_build.install_torch(PIN, platform, choice)
    assert len(questions) == asked
    assert len(installed) == 1


@pytest.mark.parametrize(
    ("bundled", "renewed"), [("22.3.1", True), ("23.2.1", True), ("23.3", False), ("26.3", False)]
)
def test_only_a_pip_that_would_fetch_the_wheel_to_answer_is_renewed(monkeypatch, bundled, renewed):
    calls = []
    monkeypatch.setattr(torch_build.ensurepip, "version", lambda: bundled)
    monkeypatch.setattr(torch_build, "pip", lambda *arguments: calls.append(arguments))
    torch_build.renew_old_pip()
    assert bool(calls) == renewed


def test_the_pin_comes_from_the_lock():
    assert torch_pin(Path(LOCK).read_text()) == PIN
