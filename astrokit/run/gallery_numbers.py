"""The numbers of a run in tables that each say what data they are of, real or simulated."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from .gallery_labels import label
from .records import Record
from .summary import data_words, interval_words, number_words

_MOST_SHOWN = 5


@dataclass(frozen=True)
class Number:
    """One recorded number in words; `key` is its name in the record."""

    key: str
    label: str
    value: str
    interval: str
    paper: str


@dataclass(frozen=True)
class Table:
    """Numbers of the same data: all of them beside the paper's, or none.

    `kind` is "real", "simulated", "real and simulated", or empty if no data were loaded.
    """

    kind: str
    data: str
    beside_paper: bool
    numbers: list[Number]

    @property
    def shown(self) -> list[Number]:
        return self.numbers[:_MOST_SHOWN]

    @property
    def folded(self) -> list[Number]:
        return self.numbers[_MOST_SHOWN:]

    @property
    def has_intervals(self) -> bool:
        return any(number.interval for number in self.numbers)


def tables(record: Record) -> list[Table]:
    """Return the numbers of a record: those that the paper has too, then real before simulated.

    In each table those with an interval come first.
    """
    found: dict[tuple[bool, str, str], list[Number]] = {}
    for key, metric in sorted(record.metrics.items(), key=lambda item: not item[1].get("interval")):
        used = _data_of(key, record.data)
        names = ", ".join(dict.fromkeys(str(one["name"]) for one in used))
        place = (metric.get("paper") is not None, data_words(replace(record, data=used)), names)
        found.setdefault(place, []).append(_number(key, metric))
    made = [Table(kind, names, beside, numbers) for (beside, kind, names), numbers in found.items()]
    return sorted(made, key=lambda table: (not table.beside_paper, table.kind == "simulated"))


def _data_of(key: str, data: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The data that a number is of: what was studied, unless the name begins as that of other data does."""
    studied = [used for used in data if used["role"] == "study"] or data
    others = [used for used in data if used not in studied]
    return [used for used in others if _first_word(str(used["name"])) == _first_word(key)] or studied


def _first_word(name: str) -> str:
    return re.split(r"[\W_]+", name.strip(), maxsplit=1)[0].lower()


def _number(key: str, metric: Mapping[str, Any]) -> Number:
    unit = f" {metric['unit']}" if metric.get("unit") else ""
    paper = metric.get("paper")
    return Number(
        key=key,
        label=label(key),
        value=number_words(metric.get("value")) + unit,
        interval=interval_words(metric),
        paper="" if paper is None else number_words(paper) + unit,
    )
