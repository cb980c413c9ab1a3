"""The values that a parameter may take: read from text, or checked as they are; never evaluated."""

import json
import math
import re
from typing import Any

# The types a literal may have, by the name that messages use.
KINDS: dict[type, str] = {
    bool: "true or false",
    int: "integer",
    float: "number",
    str: "text",
    list: "list",
    tuple: "list",
    dict: "mapping",
    type(None): "any scalar",
}
_INTEGER = re.compile(r"[+-]?[0-9]+")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_LARGEST = 2**63 - 1


def fits(value: Any, kind: str) -> bool:
    """Whether a value is of a kind, one of the names in KINDS; an integer serves as a number."""
    is_bool = isinstance(value, bool)
    is_integer = isinstance(value, int) and not is_bool
    return {
        "true or false": is_bool,
        "integer": is_integer,
        "number": is_integer or isinstance(value, float),
        "text": isinstance(value, str),
        "list": isinstance(value, list | tuple),
        "mapping": isinstance(value, dict),
        "any scalar": value is None or isinstance(value, bool | int | float | str),
    }[kind]


def is_plain(value: Any, depth: int = 20) -> bool:
    """Whether a value, and all that it holds, can be written into a notebook and read back unchanged."""
    if depth == 0:
        return False
    match value:
        case None | bool():
            return True
        case int():
            return abs(value) <= _LARGEST
        case float():
            return math.isfinite(value)
        case str():
            return "\0" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)
        case list() | tuple():
            return all(is_plain(item, depth - 1) for item in value)
        case dict():
            texts = all(isinstance(key, str) and is_plain(key) for key in value)
            return texts and all(is_plain(item, depth - 1) for item in value.values())
    return False


def same_kinds(value: list[Any], default: Any) -> bool:
    """Whether the items are of the one kind that the default's items are; a mixed default allows any."""
    kinds = {KINDS[type(item)] for item in default or () if type(item) in KINDS}
    if kinds == {"integer", "number"}:
        kinds = {"number"}
    if len(kinds) != 1:
        return True
    kind = kinds.pop()
    return all(fits(item, kind) for item in value)


def _parse_bool(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return text.lower() == "true"


def _parse_integer(text: str) -> int:
    # Python's int() also takes blanks, underscores and the digits of other scripts.
    if not _INTEGER.fullmatch(text):
        raise ValueError(text)
    return int(text)


def _parse_number(text: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    return float(text)


def _parse_json(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError(text) from error


def parse_scalar(text: str) -> Any:
    """None, a truth value, an integer or a number if it reads as one, else the text itself."""
    if text.lower() in ("none", ""):
        return None
    for parse in (_parse_bool, _parse_integer, _parse_number):
        try:
            return parse(text)
        except ValueError:
            continue
    return text


def shortened(value: Any) -> str:
    """A value as a message may show it: printable, and never long."""
    if isinstance(value, int) and abs(value) > _LARGEST:
        return "an integer beyond 64 bits"
    text = ascii(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


PARSERS: dict[str, Any] = {
    "true or false": _parse_bool,
    "integer": _parse_integer,
    "number": _parse_number,
    "text": str,
    "list": _parse_json,
    "mapping": _parse_json,
}
EXPECTED = {
    "true or false": "true or false",
    "integer": f"an integer between {-_LARGEST} and {_LARGEST}",
    "number": "a finite number",
    "text": "text without NUL",
    "list": "a list, as JSON",
    "mapping": "a mapping, as JSON",
    "any scalar": "a scalar: text, number, true, false or none",
}
