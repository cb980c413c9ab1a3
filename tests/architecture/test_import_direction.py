"""Imports point to the left: floor <- data <- models <- ... <- studies; run and cli stand beside the line."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "astrokit"
FLOOR = {"__init__", "errors", "progress", "random", "typing", "reporting"}
LINE = [
    {"data"},
    {"models"},
    {"training"},
    {"evaluation"},
    {"latent", "explain", "cluster", "inference"},
    {"plotting"},
    {"explore"},
    {"studies"},
]
RANK = {room: rank for rank, rooms in enumerate(LINE) for room in rooms}
BESIDE = {"run": {"data", "run"}, "cli": {"data", "run", "cli"}, "__main__": {"cli"}}


def imported_modules(path: Path, package: Path = PACKAGE) -> set[str]:
    """Dotted names of all that a file imports, at its top or inside a function, relative ones resolved."""
    found = set()
    parts = (package.name, *path.relative_to(package).with_suffix("").parts)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join((*parts[: len(parts) - node.level], *filter(None, [node.module])))
            base = base if node.level else node.module
            found |= {f"{base}.{alias.name}" for alias in node.names}
    return found


def room_of(module: str, package: Path = PACKAGE) -> str | None:
    """The room of a dotted name; None for the floor, for the package itself and for other packages."""
    top, *rest = module.split(".")
    if top != package.name or not rest or rest[0] in FLOOR:
        return None
    is_module = (package / rest[0]).is_dir() or (package / f"{rest[0]}.py").is_file()
    return rest[0] if is_module else None


def is_forbidden(importer: str, imported: str, package: Path = PACKAGE) -> bool:
    """Whether the module `importer` must not import `imported`."""
    target, room = room_of(imported, package), room_of(importer, package)
    if target is None:
        return False
    if room is None:
        return True  # the floor imports no room
    if room in BESIDE:
        return target not in BESIDE[room]
    if room == target == "studies":
        own = importer.split(".")[2:3]
        return bool(own) and own[0] != "__init__" and imported.split(".")[2] != own[0]
    return target in BESIDE or (room != target and RANK[target] >= RANK[room])


def module_files(package: Path = PACKAGE) -> dict[str, Path]:
    files = package.rglob("*.py")
    return {
        ".".join((package.name, *path.relative_to(package).with_suffix("").parts)): path for path in files
    }


def violations(package: Path = PACKAGE) -> list[str]:
    return sorted(
        f"{importer} imports {imported}"
        for importer, path in module_files(package).items()
        for imported in imported_modules(path, package)
        if is_forbidden(importer, imported, package)
    )


def test_every_import_of_the_package_points_to_the_left():
    assert violations() == []


def test_every_folder_and_module_of_the_package_is_a_room_of_the_design():
    found = {p.stem for p in PACKAGE.iterdir() if p.suffix == ".py" or list(p.glob("*.py"))}
    assert found <= FLOOR | set(RANK) | set(BESIDE)


@pytest.mark.parametrize(
    ("file", "line", "expected"),
    [
        ("data/fetch.py", "from ..plotting import figure", "plotting"),
        ("data/fetch.py", "def f():\n    import astrokit.studies.one", "studies"),
        ("cluster/mixture.py", "from astrokit import latent", "latent"),
        ("studies/one.py", "from . import two", "studies.two"),
        ("studies/one.py", "from .two import load", "studies.two"),
        ("run/execute.py", "from astrokit.studies import one", "studies"),
        ("cli.py", "from .plotting import figure", "plotting"),
        ("errors.py", "from . import data", "data"),
        ("__init__.py", "from .data import fetch", "data"),
        ("explore/map.py", "from ..cli import main", "cli"),
    ],
)
def test_a_planted_import_to_the_right_is_found(tmp_path, file, line, expected):
    package = planted_package(tmp_path)
    (package / file).write_text(line)
    (found,) = violations(package)
    assert expected in found


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("studies/one.py", "from ..cluster import mixture\nfrom ..data import fetch\nimport numpy"),
        ("studies/__init__.py", "from . import one, two"),
        ("cluster/mixture.py", "from ..errors import DataError\nfrom .. import __version__"),
        ("cli.py", "from .run import execute"),
    ],
)
def test_imports_to_the_left_are_allowed(tmp_path, file, line):
    package = planted_package(tmp_path)
    (package / file).write_text(line)
    assert violations(package) == []


def planted_package(folder: Path) -> Path:
    package = folder / "astrokit"
    files = ["data/fetch", "latent/map", "cluster/mixture", "plotting/figure", "explore/map", "run/execute"]
    for name in (*files, "studies/one", "studies/two", "studies/__init__", "cli", "errors"):
        path = package / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    return package


def test_data_never_imports_torch():
    imports = {name for path in (PACKAGE / "data").rglob("*.py") for name in imported_modules(path)}
    assert "numpy" in imports  # the question was put to real files
    assert not {name for name in imports if name.split(".")[0] in {"torch", "lightning"}}
