"""Find notebooks by name or path, and read what they say about themselves, without running them."""

import difflib
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import NotebookError

FOLDER_VARIABLE = "ASTROKIT_NOTEBOOKS"
# A block of Markdown that is neither heading, list, table, quote, HTML, picture, code nor the line of facts.
_PROSE = re.compile(
    r"\s*(?!#|[-*+]\s|\||>|<|!\[|```|\d+\.\s|(?:\*\*)?(?:level|time|memory)[*:])\S", re.IGNORECASE
)


@dataclass(frozen=True)
class Notebook:
    """A notebook on disk; `name` is the file name without `.ipynb` and names its results."""

    name: str
    path: Path

    @property
    def title(self) -> str:
        """Its first heading, read from the file; NotebookError where that is no notebook."""
        return describe(read(self.path), self.name).title


@dataclass(frozen=True)
class Description:
    """What a notebook says about itself: title, summary, and the level, time and memory that it states."""

    title: str
    summary: str = ""
    level: str = ""
    time: str = ""
    memory: str = ""


def notebooks_folder() -> Path:
    """Return the folder of the notebook set.

    `ASTROKIT_NOTEBOOKS` if it is set, else `notebooks/` of the repository that the package lies in, else
    `notebooks/` in the working directory.

    Raises
    ------
    NotebookError
        When none of these is a folder.
    """
    stated = os.environ.get(FOLDER_VARIABLE)
    repository = Path(__file__).resolve().parents[2] / "notebooks"
    candidates = [Path(stated)] if stated else [repository, Path.cwd() / "notebooks"]
    for folder in candidates:
        if folder.is_dir():
            return folder
    raise NotebookError(
        "the notebook set",
        expected="a folder with notebooks",
        got="nothing at " + " or ".join(str(folder) for folder in candidates),
        next_step=f"Run from a clone of the repository, or set {FOLDER_VARIABLE} to the folder.",
    )


def notebook_set() -> list[Notebook]:
    """Return the notebooks of the set in teaching order, which is the order of their file names."""
    return [_notebook(path) for path in sorted(notebooks_folder().glob("*.ipynb"))]


def find(names: list[str | Path]) -> list[Notebook]:
    """Return the notebooks that the names or paths mean, each once, in the order given.

    A name is that of a notebook of the set, with hyphens or underscores, with or without `.ipynb` and the
    leading number. Anything with a slash, and any existing `.ipynb` file, is a path.

    Raises
    ------
    NotebookError
        For an unknown name, a missing file, or two files that would write to the same results.
    """
    found: dict[Path, Notebook] = {}
    for name in names:
        notebook = _find_one(name)
        found.setdefault(notebook.path.resolve(), notebook)
    notebooks = list(found.values())
    _refuse_same_name(notebooks)
    return notebooks


def read(path: Path) -> dict[str, Any]:
    """Read a notebook as plain JSON, with the source of each cell as one text.

    Raises
    ------
    NotebookError
        When the file cannot be read or is not a notebook of format 4.
    """
    try:
        content = json.loads(path.read_bytes())
        cells = [{**cell, "source": "".join(cell["source"])} for cell in content["cells"]]
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error)) from error
    except (ValueError, RecursionError) as error:
        raise _unreadable(path, f"text that is not JSON ({error})") from error
    except (KeyError, TypeError) as error:
        raise _unreadable(path, "JSON without a list of cells that have a source") from error
    return {**content, "cells": cells}


def describe(content: dict[str, Any], name: str) -> Description:
    """Return what the Markdown at the top of a notebook says; the name stands in for a missing title.

    Examples
    --------
    >>> text = "# Pulsars\\n\\nFind them.\\n\\n**Level:** beginner · **Time:** 5 min"
    >>> describe({"cells": [{"cell_type": "markdown", "source": text}]}, "x").level
    'beginner'
    """
    texts = [cell["source"] for cell in content["cells"] if cell.get("cell_type") == "markdown"]
    together = "\n\n".join(texts)
    title = re.search(r"^#\s+(.+?)\s*#*$", together, flags=re.MULTILINE)
    head = "\n\n".join(texts[:3])
    return Description(
        title=plain_markdown(title[1]) if title else name,
        summary=_first_paragraph(together[title.end() :] if title else together),
        level=_stated("level", head),
        time=_stated("time", head),
        memory=_stated("memory", head),
    )


def plain_markdown(text: str) -> str:
    """Take the marks off a line of Markdown.

    Examples
    --------
    >>> plain_markdown("The **bold** [paper](https://x.org) of `us`")
    'The bold paper of us'
    """
    text = " ".join(text.split())
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"</?[a-zA-Z][^>]*>", "", text)
    text = re.sub(r"(\*\*|__|`)(.+?)\1", r"\2", text)
    return re.sub(r"(?<![\w*])[*_](?=\S)(.+?)(?<=\S)[*_](?![\w*])", r"\1", text)


def _find_one(name: str | Path) -> Notebook:
    path = Path(name)
    has_folder = isinstance(name, Path) or "/" in name or os.sep in name
    if has_folder or (path.suffix == ".ipynb" and path.is_file()):
        if path.suffix != ".ipynb" or not path.is_file():
            raise NotebookError(
                f"notebook {str(name)!r}",
                expected="an existing .ipynb file",
                got="no such file" if not path.exists() else "something else",
                next_step="Check the path, or give the name of a notebook of the set: astrokit list",
            )
        return _notebook(path)
    known = notebook_set()
    for notebook in known:
        if _key(str(name)) in (_key(notebook.name), _without_number(_key(notebook.name))):
            return notebook
    names = {_without_number(_key(notebook.name)): notebook.name for notebook in known}
    close = difflib.get_close_matches(_without_number(_key(str(name))), names, 1)
    raise NotebookError(
        f"notebook {str(name)!r}",
        expected="one of " + (", ".join(notebook.name for notebook in known) or "an empty set"),
        got=repr(str(name)),
        next_step=(f"Did you mean {names[close[0]]}? " if close else "")
        + "Use a name that `astrokit list` shows, or the path of an .ipynb file.",
    )


def _notebook(path: Path) -> Notebook:
    if path.stem.startswith("."):
        raise NotebookError(
            f"notebook {str(path)!r}",
            expected="a file name that does not begin with a dot",
            got=path.name,
            next_step="Rename it: the name becomes the folder of its results.",
        )
    return Notebook(path.stem, path)


def _refuse_same_name(notebooks: list[Notebook]) -> None:
    seen: dict[str, Path] = {}
    for notebook in notebooks:
        earlier = seen.setdefault(notebook.name.casefold(), notebook.path)
        if earlier != notebook.path:
            raise NotebookError(
                f"notebooks named {notebook.name!r}",
                expected="one file per name, because the name is the folder of the results",
                got=f"{earlier} and {notebook.path}",
                next_step="Run them with different --out, or rename one.",
            )


def _key(name: str) -> str:
    return name.removesuffix(".ipynb").replace("_", "-").casefold()


def _without_number(key: str) -> str:
    return re.sub(r"^\d+-", "", key)


def _unreadable(path: Path, got: str) -> NotebookError:
    return NotebookError(
        f"notebook {path.name}",
        expected="a Jupyter notebook of format 4",
        got=got,
        next_step="Open it in JupyterLab and save it again, or restore the file.",
    )


def _first_paragraph(text: str) -> str:
    for block in re.split(r"\n\s*\n", text):
        if _PROSE.match(block):
            return plain_markdown(block)
    return ""


def _stated(what: str, text: str) -> str:
    """The value behind `Level:`, `**Time:**` or `| Memory |`, up to the next separator."""
    match = re.search(rf"\b{what}\b[\s*_:|]*[:|*][\s*_:|]*([^|·•\n*]+)", text, flags=re.IGNORECASE)
    return plain_markdown(match[1]).strip(" .,;") if match else ""
