"""Rules for every file: no `utils`, no printing in libraries, nothing of one machine, LF endings."""

import ast
import os
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "astrokit"
GENERATED = {".git", ".venv", "gallery", "runs", "build", ".hypothesis", "__pycache__", ".ipynb_checkpoints"}
BINARY = {".pyc", ".png", ".fits", ".npz", ".npy", ".parquet", ".safetensors", ".gz", ".ico", ".woff2"}

# Put together here, so that this file does not hold what it looks for.
MACHINE_PATH = re.compile(
    r"(?<![\w.])/(wo" + r"rk|ro" + r"ot)/|/(ho" + r"me/(?!jovyan)|Us" + r"ers/)\w|\w:\\Us" + r"ers\\"
)
REGISTRY_HOST = re.compile("(pypi|python" + r"hosted)\.org|registry\.npm" + r"js|deb\.deb" + "ian")


def project_files() -> list[Path]:
    found = []
    for folder, folders, names in os.walk(ROOT):
        made = GENERATED | {name for name in folders if name.endswith((".egg-info", "_cache"))}
        folders[:] = [name for name in folders if name not in made]
        found += [Path(folder, name) for name in names]
    return [path for path in found if path.suffix not in BINARY and path.name != ".git"]


def printing_calls(source: str) -> list[int]:
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [
        call.lineno
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id in {"print", "pprint"}
    ]


def test_no_module_is_called_utils():
    nondescript = {"utils", "util", "helpers", "helper", "misc", "common", "tools"}
    assert [path for path in PACKAGE.rglob("*") if path.stem in nondescript] == []


def test_libraries_never_print():
    modules = PACKAGE.rglob("*.py")
    libraries = [path for path in modules if path.relative_to(PACKAGE).parts[0] not in {"cli", "cli.py"}]
    assert libraries
    assert [f"{path}:{line}" for path in libraries for line in printing_calls(text(path))] == []


def test_a_planted_print_is_found():
    assert printing_calls("def f():\n    print(1)\n") == [2]
    assert printing_calls('"""\n>>> print(1)\n"""') == []


@pytest.mark.parametrize(
    "pattern", [MACHINE_PATH, REGISTRY_HOST], ids=["path of a machine", "host of a registry"]
)
def test_no_file_names_one_machine(pattern):
    found = {path.relative_to(ROOT): pattern.search(text(path)) for path in project_files()}
    assert {path: hit[0] for path, hit in found.items() if hit} == {}


def test_a_planted_machine_path_is_found():
    assert MACHINE_PATH.search("open('/wo" + "rk/main/x')")
    assert MACHINE_PATH.search("C:\\Us" + "ers\\ada")
    assert not MACHINE_PATH.search("../shared/wo" + "rk/x and https://example.org/ro" + "ot/")
    assert REGISTRY_HOST.search("https://pypi" + ".org/simple")


def test_every_text_file_has_lf_endings():
    assert [path for path in project_files() if b"\r\n" in path.read_bytes()] == []


def test_no_file_is_over_2_mb():
    assert [path for path in project_files() if path.stat().st_size > 2e6] == []


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
