"""The gallery: `DIR/index.html` with a card for each notebook that has a record in DIR, and their pages.

Everything that notebooks and records say is text here: the template escapes it, and the page allows no
script at all.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..errors import NotebookError
from .catalogue import Description, describe, read
from .figures import Figure, figures
from .gallery_formulas import bare, pieces, without_formulas
from .gallery_numbers import Table, tables
from .gallery_template import TEMPLATE
from .last_ok import find_last_ok
from .outcome import is_added, plain
from .page import to_html
from .records import NOTEBOOK_FILE, PAGE_FILE, RECORD_FILE, Record, write_whole
from .summary import data_words, error_words

_WIDEST, _WIDEST_SMALL, _MOST_SMALL = 960, 320, 6


@dataclass(frozen=True)
class Card:
    """What the gallery shows of one notebook."""

    record: Record
    about: Description
    figures: list[Figure] = field(default_factory=list)
    has_notebook: bool = False
    page_error: str = ""
    last_ok: str = ""

    @property
    def data(self) -> str:
        return data_words(self.record)

    @property
    def error(self) -> str:
        return error_words(self.record)

    @property
    def tables(self) -> list[Table]:
        return tables(self.record)

    @property
    def parameters(self) -> str:
        return ", ".join(f"{name} = {value!r}" for name, value in self.record.parameters.items())


def build(folder: Path | str, *, pictures: Mapping[str, Path] | None = None) -> Path:
    """Write the page of each notebook that is new, and the index; return the path of the index.

    Parameters
    ----------
    folder : where `execute` has put its results
    pictures : mapping, optional
        For a notebook's name, the folder that paths of pictures in its Markdown count from.

    Examples
    --------
    >>> build("gallery")  # doctest: +SKIP
    PosixPath('gallery/index.html')
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    found = [_card(path.parent, pictures or {}) for path in sorted(folder.glob(f"*/{RECORD_FILE}"))]
    cards = [card for card in found if card is not None]
    write_whole(folder / "index.html", render(cards))
    return folder / "index.html"


def render(cards: list[Card]) -> str:
    """Return the index as HTML."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, loader=FileSystemLoader(Path(__file__).parent)
    )
    environment.filters["pieces"] = pieces
    return environment.from_string(TEMPLATE).render(
        cards=cards,
        n_ok=sum(card.record.ok for card in cards),
        made_at=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
    )


def _card(folder: Path, pictures: Mapping[str, Path]) -> Card | None:
    try:
        record = Record.read(folder / RECORD_FILE)
    except NotebookError:
        return None  # Not a record of ours: somebody's own folder.
    content = _content(folder / NOTEBOOK_FILE)
    kept = find_last_ok(folder)
    last_ok = kept.name if kept and not record.ok else ""
    if content is None:
        return Card(record, Description(record.notebook), last_ok=last_ok)
    about = describe(_with_formulas_as_text(content), record.notebook)
    title = bare(about.title)
    page_error = make_page(folder, title, pictures.get(folder.name, folder))
    found = figures(content, title, widest=_WIDEST, others=_MOST_SMALL, widest_other=_WIDEST_SMALL)
    return Card(record, about, found, has_notebook=True, page_error=page_error, last_ok=last_ok)


def _content(path: Path) -> dict[str, Any] | None:
    try:
        content = read(path)
    except NotebookError:
        return None
    return {**content, "cells": [cell for cell in content["cells"] if not is_added(cell)]}


def _with_formulas_as_text(content: Mapping[str, Any]) -> dict[str, Any]:
    cells = [
        {**cell, "source": without_formulas(cell["source"])} if cell.get("cell_type") == "markdown" else cell
        for cell in content["cells"]
    ]
    return {**content, "cells": cells}


def make_page(folder: Path, title: str, pictures: Path, **options: Any) -> str:
    """Write the page unless that of this notebook is there; return what prevented it.

    An earlier page stays until then. One bad notebook leaves the others. `options` are those of `to_html`.
    """
    path, mark = folder / PAGE_FILE, _mark(folder / NOTEBOOK_FILE)
    if path.exists() and path.read_text(encoding="utf-8", errors="replace").endswith(mark):
        return ""
    try:
        page = to_html(folder / NOTEBOOK_FILE, title=title, pictures=pictures, **options)
    except Exception as error:
        path.unlink(missing_ok=True)
        return plain(f"{type(error).__name__}: {error}")
    write_whole(path, page + mark)
    return ""


def _mark(notebook: Path) -> str:
    """The end of a page, which says what notebook it was made from."""
    return f"\n<!-- made from notebook sha256 {hashlib.sha256(notebook.read_bytes()).hexdigest()} -->\n"
