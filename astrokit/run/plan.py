"""Decide what runs with which parameters, before any kernel starts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import NotebookError
from .catalogue import Notebook, read
from .parameters import Parameter, declared, unknown


@dataclass(frozen=True)
class Job:
    """A notebook and the checked parameters that it will get; `problem` if it cannot even be read."""

    notebook: Notebook
    parameters: dict[str, Any] = field(default_factory=dict)
    problem: NotebookError | None = None


def plan(
    notebooks: list[Notebook], given: Mapping[str, Any], *, profile: str | None, from_text: bool = False
) -> list[Job]:
    """Check the given parameters against what the notebooks declare, and hand each notebook its own.

    A parameter goes to those of the notebooks that declare it; at least one has to. `profile` goes, as the
    parameter of that name, to those that declare it, and none has to. A notebook that cannot be read becomes
    a job with a problem, so that the others still run.

    Parameters
    ----------
    given : mapping from name to value
    from_text : bool
        Whether the values are text of a command line, to be read by the declared type.

    Raises
    ------
    ParameterError
        For a name that none declares, and for a value that a notebook's declaration does not allow.
    """
    jobs = [_describe(notebook) for notebook in notebooks]
    _refuse_unknown(given, jobs)
    return [
        Job(notebook, problem=known)
        if isinstance(known, NotebookError)
        else Job(notebook, {**_profile(known, profile), **_checked(known, given, from_text)})
        for notebook, known in jobs
    ]


def declarations(notebook: Notebook) -> dict[str, Parameter]:
    """Return the parameters of a Python notebook; NotebookError where it is none or cannot be read."""
    content = read(notebook.path)
    _refuse_other_language(notebook, content)
    return declared(content, notebook.name)


def _describe(notebook: Notebook) -> tuple[Notebook, dict[str, Parameter] | NotebookError]:
    try:
        return notebook, declarations(notebook)
    except NotebookError as problem:
        return notebook, problem


def _refuse_other_language(notebook: Notebook, content: Mapping[str, Any]) -> None:
    metadata = content.get("metadata") or {}
    kernel, language = metadata.get("kernelspec") or {}, metadata.get("language_info") or {}
    stated = (kernel.get("language"), language.get("name"))
    other = [name for name in stated if name and str(name).lower() != "python"]
    if other:
        raise NotebookError(
            f"notebook {notebook.path.name}",
            expected="a Python notebook",
            got=f"language {other[0]!r}",
            next_step="Run it with papermill and the kernel of that language.",
        )


def _refuse_unknown(
    given: Mapping[str, Any], jobs: list[tuple[Notebook, dict[str, Parameter] | NotebookError]]
) -> None:
    everything: dict[str, Parameter] = {}
    for _, known in jobs:
        if not isinstance(known, NotebookError):
            everything = {**known, **everything}
    where = jobs[0][0].name if len(jobs) == 1 else "at least one of the chosen notebooks"
    for name in given:
        if name not in everything:
            raise unknown(name, everything, where)


def _checked(known: Mapping[str, Parameter], given: Mapping[str, Any], from_text: bool) -> dict[str, Any]:
    return {
        name: known[name].parse(value) if from_text else known[name].check(value)
        for name, value in given.items()
        if name in known
    }


def _profile(known: Mapping[str, Parameter], profile: str | None) -> dict[str, Any]:
    if profile is None or "profile" not in known:
        return {}
    return {"profile": known["profile"].check(profile)}
