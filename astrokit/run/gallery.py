"""The gallery: `DIR/index.html` with a card for each notebook that has a record in DIR, and their pages.

Everything that notebooks and records say is text here: the template escapes it, and the page allows no
script at all.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..errors import NotebookError
from .catalogue import Description, describe, read
from .figures import Figure, figures
from .gallery_template import TEMPLATE
from .outcome import is_added, plain
from .page import to_html
from .records import NOTEBOOK_FILE, PAGE_FILE, RECORD_FILE, Record, write_whole
from .summary import data_words, error_words, interval_words, number_words

_WIDEST, _WIDEST_SMALL, _MOST_SMALL, _MOST_NUMBERS = 960, 320, 6, 8


@dataclass(frozen=True)
class Card:
    """What the gallery shows of one notebook."""

    record: Record
    about: Description
    figures: list[Figure] = field(default_factory=list)
    has_notebook: bool = False
    page_error: str = ""

    @property
    def data(self) -> str:
        return data_words(self.record)

    @property
    def error(self) -> str:
        return error_words(self.record)

    @property
    def key_numbers(self) -> list[dict[str, str]]:
        """The first few of the metrics: those that the paper has too, then those with an interval."""
        return [_metric_words(name, self.record.metrics[name]) for name in self._ranked()[:_MOST_NUMBERS]]

    @property
    def other_numbers(self) -> list[dict[str, str]]:
        return [_metric_words(name, self.record.metrics[name]) for name in self._ranked()[_MOST_NUMBERS:]]

    def _ranked(self) -> list[str]:
        def rank(name: str) -> tuple[bool, bool]:
            metric = self.record.metrics[name]
            return metric["paper"] is None, not metric["interval"]

        return sorted(self.record.metrics, key=rank)

    @property
    def parameters(self) -> str:
        return ", ".join(f"{name} = {value!r}" for name, value in self.record.parameters.items())


def build(folder: Path | str, *, pictures: Mapping[str, Path] | None = None) -> Path:
    """Write the page of each notebook that has none yet, and the index; return the path of the index.

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
    if content is None:
        return Card(record, Description(record.notebook))
    about = describe(content, record.notebook)
    page_error = _make_page(folder, about.title, pictures.get(folder.name, folder))
    return Card(record, about, _figures(content, about.title), has_notebook=True, page_error=page_error)


def _content(path: Path) -> dict[str, Any] | None:
    try:
        content = read(path)
    except NotebookError:
        return None
    return {**content, "cells": [cell for cell in content["cells"] if not is_added(cell)]}


def _figures(content: Mapping[str, Any], title: str) -> list[Figure]:
    first = itertools.islice(figures(content, title, widest=_WIDEST), 1)
    others = itertools.islice(figures(content, title, widest=_WIDEST_SMALL), 1, 1 + _MOST_SMALL)
    return [*first, *others]


def _make_page(folder: Path, title: str, pictures: Path) -> str:
    """Write the page unless it is there; return what prevented it. One bad notebook leaves the others."""
    if (folder / PAGE_FILE).exists():
        return ""
    try:
        page = to_html(folder / NOTEBOOK_FILE, title=title, pictures=pictures)
    except Exception as error:
        return plain(f"{type(error).__name__}: {error}")
    write_whole(folder / PAGE_FILE, page)
    return ""


def _metric_words(name: str, metric: Mapping[str, Any]) -> dict[str, str]:
    unit = f" {metric['unit']}" if metric.get("unit") else ""
    paper = metric.get("paper")
    return {
        "name": name.replace("_", " "),
        "value": number_words(metric.get("value")) + unit,
        "interval": interval_words(metric),
        "paper": "" if paper is None else number_words(paper) + unit,
    }
