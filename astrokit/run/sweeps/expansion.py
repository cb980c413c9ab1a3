"""From a spec to its runs: each notebook with each combination of the parameters that it declares."""

import itertools
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ...errors import NotebookError, ParameterError
from ..catalogue import Notebook, read
from ..parameters import Parameter, unknown
from ..plan import declarations
from .keys import Source
from .spec import Given, Row, Spec, at

MOST_RUNS = 1_000_000


@dataclass(frozen=True)
class Run:
    """One notebook with one set of checked parameters; `key` is the name of its results."""

    key: str
    notebook: Notebook
    parameters: Mapping[str, Any]


def expand(spec: Spec) -> list[Run]:
    """Return the runs of a spec, each key once, in the order of the spec.

    A parameter goes to those notebooks that declare it, and at least one has to. Everything is checked
    before this returns.

    Raises
    ------
    ParameterError
        For a name that no notebook declares, a value that a notebook does not allow, and too many runs; it
        names the line.
    NotebookError
        For a notebook that cannot be read.
    """
    known = {notebook: declarations(notebook) for notebook in spec.notebooks}
    _refuse_unknown(spec, known)
    checked = {notebook: [_checked(axis, known[notebook]) for axis in spec.axes] for notebook in known}
    n_runs = sum(math.prod(map(len, axes)) for axes in checked.values())
    if n_runs > MOST_RUNS:
        raise ParameterError(
            spec.name,
            expected=f"at most {MOST_RUNS:,} runs",
            got=f"{n_runs:,}",
            next_step="Divide the sweep into several, each with a folder of its own.",
        )
    runs = (run for notebook in known for run in _runs(notebook, known[notebook], checked[notebook]))
    return list({run.key: run for run in runs}.values())


def _runs(
    notebook: Notebook, known: Mapping[str, Parameter], axes: list[list[dict[str, Any]]]
) -> Iterator[Run]:
    source = Source(read(notebook.path), {name: parameter.default for name, parameter in known.items()})
    for rows in itertools.product(*axes):
        parameters = {name: value for row in rows for name, value in row.items()}
        yield Run(source.key(notebook.name, parameters), notebook, parameters)


def _refuse_unknown(spec: Spec, known: Mapping[Notebook, Mapping[str, Parameter]]) -> None:
    everything: dict[str, Parameter] = {}
    for declared in known.values():
        everything = {**declared, **everything}
    where = "at least one of the notebooks" if len(known) > 1 else next(iter(known)).name
    for axis in spec.axes:
        for row in axis:
            for name, given in row.items():
                if name not in everything:
                    raise at(given.where, unknown(name, everything, where))


def _checked(axis: list[Row], known: Mapping[str, Parameter]) -> list[dict[str, Any]]:
    """The rows of an axis as one notebook gets them; rows that are the same to it become one."""
    rows: dict[str, dict[str, Any]] = {}
    for row in axis:
        values = {name: _check(known[name], given) for name, given in row.items() if name in known}
        rows.setdefault(json.dumps(values, sort_keys=True), values)
    return list(rows.values())


def _check(parameter: Parameter, given: Given) -> Any:
    try:
        return parameter.parse(given.value) if given.from_text else parameter.check(given.value)
    except (ParameterError, NotebookError) as error:
        raise at(given.where, error) from error
