"""What a sweep is to do: notebooks, values of their parameters, limits; read from YAML or from a mapping.

    notebooks: [pulsating-ulx, ./my.ipynb]
    parameters: {source: embedded}      # the same for all
    grid: {n_components: [2, 3], random_state: [0, 1, 2]}
    table: runs.csv                     # a column per parameter
    draws: {n: 100, threshold: {uniform: [0, 1]}}
    seed: 7
    retries: 2
    timeout_s: 600
    memory_mb: 1500

Values are data; they are checked against the notebooks by `expansion`.
"""

import difflib
import math
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from ...errors import NotebookError, ParameterError
from ..catalogue import Notebook, find
from ..values import shortened
from .draws import draw
from .plain_yaml import Document, read_yaml
from .tables import table_rows

_FIELDS = ("notebooks", "parameters", "grid", "table", "draws", "seed", "retries", "timeout_s", "memory_mb")


class Given(NamedTuple):
    """A value for a parameter: where it was written, and whether it is text to be read by declared type."""

    value: Any
    where: str
    from_text: bool = False


Row = Mapping[str, Given]


@dataclass(frozen=True)
class Spec:
    """A sweep as it was asked for.

    Attributes
    ----------
    name : str
        How messages call it.
    notebooks : of which each gets the parameters that it declares
    axes : tuple of lists of rows
        Every combination of one row from each axis is wanted: `parameters` is an axis of one row, each name
        of `grid` is an axis, so are `table` and `draws`.
    retries : int
        How often a run that does not end well is tried again.
    timeout_s, memory_mb : float or None
        Limits on each run as a whole, in seconds and in units of 2**20 bytes.
    """

    name: str
    notebooks: tuple[Notebook, ...]
    axes: tuple[list[Row], ...]
    retries: int = 1
    timeout_s: float | None = None
    memory_mb: float | None = None


def read_spec(source: "Spec | str | Path | Mapping[str, Any]") -> Spec:
    """Read a spec from a YAML file, or from a mapping with the same fields.

    In a mapping `table` may also be a pandas DataFrame. Paths in a file count from its folder, others from
    the working directory.

    Raises
    ------
    ParameterError
        For anything that is not as above; it names the file and the line.
    """
    if isinstance(source, Spec):
        return source
    if isinstance(source, Mapping):
        return _spec(Document("sweep", dict(source)), Path())
    path = Path(source)
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, ValueError) as error:
        got = getattr(error, "strerror", None) or "bytes that are not UTF-8"
        raise ParameterError(
            str(path), expected="a YAML file", got=got, next_step="Check the path; docs/sweeps.md has one."
        ) from error
    return _spec(read_yaml(text, path.name), path.parent)


def _spec(document: Document, folder: Path) -> Spec:
    fields = document.data
    if not isinstance(fields, dict) or not fields.get("notebooks"):
        raise _wrong(document.where(), "a mapping with `notebooks`", fields)
    for name in fields:
        if name not in _FIELDS:
            close = difflib.get_close_matches(str(name), _FIELDS, 1)
            hint = f"Did you mean {close[0]}?" if close else "Leave it out."
            raise _wrong(document.where(name), "one of " + ", ".join(_FIELDS), name, hint)
    axes = _axes(document, folder)
    _refuse_twice(axes)
    return Spec(
        name=document.name,
        notebooks=_notebooks(document, folder),
        axes=tuple(axes),
        retries=_integer(document, "retries", 1),
        timeout_s=_limit(document, "timeout_s"),
        memory_mb=_limit(document, "memory_mb"),
    )


def _notebooks(document: Document, folder: Path) -> tuple[Notebook, ...]:
    names = document.data["notebooks"]
    names = [names] if isinstance(names, str | Path) else names
    if not isinstance(names, list | tuple) or not all(isinstance(name, str | Path) for name in names):
        raise _wrong(document.where("notebooks"), "a list of names or paths", names)
    try:
        return tuple(find([_beside(name, folder) for name in names]))
    except NotebookError as error:
        raise at(document.where("notebooks"), error) from error


def _beside(name: str | Path, folder: Path) -> str | Path:
    """A path counts from the folder of the spec; a name without a slash means a notebook of the set first."""
    is_path = isinstance(name, Path) or "/" in name or os.sep in name or (folder / name).is_file()
    return folder / name if is_path else name


def _axes(document: Document, folder: Path) -> list[list[Row]]:
    same = _mapping(document, "parameters")
    axes: list[list[Row]] = []
    if same:
        axes.append([{name: Given(v, document.where("parameters", name)) for name, v in same.items()}])
    for name, values in _mapping(document, "grid").items():
        where = document.where("grid", name)
        if not isinstance(values, list | tuple) or not values:
            raise _wrong(where, f"a list of values for {name}", values)
        places = (document.where("grid", name, i) for i in range(len(values)))
        axes.append([{name: Given(v, place)} for v, place in zip(values, places, strict=True)])
    if document.data.get("table") is not None:
        rows = table_rows(document.data["table"], folder, document.where("table"))
        axes.append([{name: Given(*cell) for name, cell in row.items()} for row in rows])
    if document.data.get("draws") is not None:
        axes.append(list(_drawn(document)))
    return axes


def _drawn(document: Document) -> Iterator[Row]:
    laws = dict(_mapping(document, "draws"))
    n, seed = laws.pop("n", None), _integer(document, "seed", 0)
    if isinstance(n, bool) or not isinstance(n, int) or not 1 <= n <= 1_000_000 or not laws:
        raise _wrong(document.where("draws"), "`n`, from 1 to 1,000,000, and a law for each name", n)
    places = {name: document.where("draws", name) for name in laws}
    columns = [draw(name, law, n, seed, places[name]) for name, law in laws.items()]
    for values in zip(*columns, strict=True):
        yield {name: Given(v, places[name]) for name, v in zip(laws, values, strict=True)}


def _refuse_twice(axes: list[list[Row]]) -> None:
    seen: dict[str, str] = {}
    for axis in axes:
        for name, given in axis[0].items():
            if name in seen:
                raise _wrong(given.where, f"{name} in one place", f"it again, after {seen[name]}")
            seen[name] = given.where


def _mapping(document: Document, field: str) -> dict[str, Any]:
    found = document.data.get(field)
    if found is None:
        return {}
    if not isinstance(found, dict) or not all(isinstance(name, str) for name in found):
        raise _wrong(document.where(field), f"a mapping of names for {field}", found)
    return found


def _integer(document: Document, field: str, default: int) -> int:
    value = document.data.get(field, default)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**63:
        raise _wrong(document.where(field), f"an integer of 0 or more for {field}", value)
    return value


def _limit(document: Document, field: str) -> float | None:
    value = document.data.get(field)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < math.inf:
        raise _wrong(document.where(field), f"a number above 0 for {field}", value)
    return float(value)


def at(where: str, error: ParameterError | NotebookError) -> ParameterError:
    """The same error with the place in the spec before it."""
    return ParameterError(
        f"{where}: {error.what}", expected=error.expected, got=error.got, next_step=error.next_step
    )


def _wrong(
    where: str, expected: str, got: Any, next_step: str = "docs/sweeps.md shows a whole spec."
) -> ParameterError:
    return ParameterError(where, expected=expected, got=shortened(got), next_step=next_step)
