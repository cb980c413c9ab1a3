"""A record in a few words, for a terminal line and for a card of the gallery."""

from collections.abc import Mapping
from typing import Any

from .records import Record

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def error_words(record: Record, *, longest: int = 160) -> str:
    """The error in one line: where, what, and the first line of its message; empty if there is none."""
    if record.error is None:
        return ""
    found = record.error
    where = "" if found["cell"] is None else f"cell {found['cell']}: "
    first_line = (str(found["message"]).strip().splitlines() or [""])[0]
    words = f"{where}{found['name']}: {first_line}" if first_line else f"{where}{found['name']}"
    return words if len(words) <= longest else f"{words[: longest - 3]}..."


def data_words(record: Record) -> str:
    """Whether what was studied is simulated, real, or both; empty if the notebook loaded nothing."""
    studied = [used for used in record.data if used["role"] == "study"] or record.data
    kinds = {bool(used["simulated"]) for used in studied}
    if len(kinds) == 2:
        return "real and simulated"
    return "" if not kinds else "simulated" if kinds.pop() else "real"


def number_words(value: Any) -> str:
    """A number as a reader would write it; other values as they are.

    Examples
    --------
    >>> number_words(0.123456), number_words(1234567), number_words(None), number_words(True)
    ('0.123', '1,234,567', 'not a number', 'yes')
    """
    if value is None:
        return "not a number"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.0f}" if 1000 <= abs(value) < 1e7 else _power_of_ten(f"{value:.3g}")
    return str(value)


def interval_words(metric: Mapping[str, Any]) -> str:
    """The interval of a metric as "low to high"; empty if there is none."""
    interval = metric.get("interval")
    return "" if not interval else f"{number_words(interval[0])} to {number_words(interval[1])}"


def _power_of_ten(text: str) -> str:
    digits, mark, exponent = text.partition("e")
    return f"{digits} \u00d7 10{str(int(exponent)).translate(_SUPERSCRIPTS)}" if mark else text
