"""Programs as JSON: a stranger's file is data, read strictly, within stated bounds, or refused as a whole."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...errors import ParameterError
from .checks import MAX_LABELS, MAX_VERTICES, plain, wrong
from .program import live_steps, names_of
from .rows import pack_rows, unpack_rows
from .steps import STEPS, Ids, Load, Save, Step

FORMAT = "astrokit selection"
VERSION = 1
MAX_STEPS = 1000
MAX_JSON = 64_000_000  # characters
MAX_LISTED = 100  # row numbers written one by one; more are packed


def write_json(steps: Sequence[Step], n_samples: int) -> str:
    """Return a program as JSON in ASCII; floats in the fewest digits that give them back bit for bit.

    Examples
    --------
    >>> write_json([Ids([4, 2])], 10)
    '{"format": "astrokit selection", "version": 1, "n_samples": 10, "steps": [{"do": "ids", "rows": [2, 4], "how": "new"}]}'
    """  # noqa: E501
    entries = [{"do": step.kind, **_fields(step)} for step in _bounded(steps)]
    program = {"format": FORMAT, "version": VERSION, "n_samples": n_samples, "steps": entries}
    return json.dumps(program, allow_nan=False)


def _bounded(steps: Sequence[Step]) -> Sequence[Step]:
    """All steps, or, of more than `MAX_STEPS`, those on which the rows and the names still depend."""
    kept = steps if len(steps) <= MAX_STEPS else live_steps(steps, keep=names_of(steps))
    if len(kept) > MAX_STEPS:
        raise wrong("program", f"at most {MAX_STEPS:,} steps", f"{len(kept):,}", "Begin anew, or use `mask`.")
    return kept


def _fields(step: Step) -> dict[str, Any]:
    values = {field.name: getattr(step, field.name) for field in dataclasses.fields(step)}
    if isinstance(step, Ids) and len(step.rows) > MAX_LISTED:
        values["rows"] = pack_rows(step.rows)
    return {
        name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in values.items()
    }


def read_json(text: str, n_samples: int) -> list[Step]:
    """Return the steps of a program in JSON.

    Raises
    ------
    ParameterError
        For whatever `write_json` does not write: unknown, missing or repeated keys, other types, NaN, too
        many characters, steps, vertices, labels or rows, a name loaded before it is saved, row numbers made
        for a table of another length.

    Examples
    --------
    >>> [step.kind for step in read_json(write_json([Ids([4, 2])], 10), 10)]
    ['ids']
    """
    if not isinstance(text, str) or len(text) > MAX_JSON:
        got = f"{len(text):,} characters" if isinstance(text, str) else type(text).__name__
        raise wrong("program", f"text of at most {MAX_JSON:,} characters", got, "Pass what `to_json` gave.")
    program = _parse(text)
    _require_keys("program", program, {"format", "version", "n_samples", "steps"})
    _require_header(program)
    steps = program["steps"]
    if type(steps) is not list or len(steps) > MAX_STEPS:
        got = f"{len(steps):,}" if type(steps) is list else type(steps).__name__
        raise wrong("steps", f"a list of at most {MAX_STEPS:,}", got, "Write the JSON again.")
    found = [_read_step(number, entry, n_samples) for number, entry in enumerate(steps, start=1)]
    if program["n_samples"] != n_samples and any(isinstance(step, Ids) for step in found):
        expected, got = f"row numbers of a table of {n_samples:,} rows", f"{program['n_samples']:,}"
        raise wrong("n_samples", expected, got, "Row numbers hold only for the table they were made with.")
    require_saved(found)
    return found


def _parse(text: str) -> dict[str, Any]:
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:  # also numbers of thousands of digits
        raise wrong(
            "program", "JSON as `to_json` writes it", plain(error, 100), "Write the JSON again."
        ) from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key twice in one object")
    return found


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON number")


def _require_keys(what: str, entry: Any, keys: set[str]) -> None:
    if type(entry) is not dict:
        raise wrong(what, "a JSON object", type(entry).__name__, "Write the JSON again.")
    if entry.keys() != keys:
        odd = ", ".join(plain(key) for key in sorted(entry.keys() ^ keys)[:5])
        raise wrong(
            what, f"the keys {', '.join(sorted(keys))}", f"missing or unknown: {odd}", "Write it again."
        )


def _require_header(program: dict[str, Any]) -> None:
    if program["format"] != FORMAT or type(program["version"]) is not int or program["version"] != VERSION:
        got = f"{plain(program['format'])!r}, version {plain(program['version'])}"
        raise wrong(
            "program", f"{FORMAT!r}, version {VERSION}", got, "Read it with the astrokit that wrote it."
        )
    if type(program["n_samples"]) is not int or not 0 <= program["n_samples"] < 2**32:
        raise wrong("n_samples", "a count of rows", plain(program["n_samples"]), "Write the JSON again.")


def _read_step(number: int, entry: Any, n_samples: int) -> Step:
    try:
        kind = entry.get("do") if type(entry) is dict else None
        if type(kind) is not str or kind not in STEPS:
            raise wrong("do", f"one of {', '.join(STEPS)}", plain(kind), "Write the JSON again.")
        names = {field.name for field in dataclasses.fields(STEPS[kind])}
        _require_keys(kind, entry, {"do", *names})
        return STEPS[kind](**{name: _plain_value(name, entry[name], n_samples) for name in names})
    except ParameterError as error:
        where = f"step {number}, {error.what}"
        raise wrong(where, str(error.expected), str(error.got), error.next_step) from error


def _plain_value(name: str, value: Any, n_samples: int) -> Any:
    """The values that NumPy or a class would convert from another type are checked here, strictly."""
    if name == "polygon":
        return _polygon(value)
    if name == "rows":
        return unpack_rows(value, n_samples) if type(value) is str else _whole_numbers(value)
    if name == "labels":
        if type(value) is not list or any(type(label) not in (int, str) for label in value[:MAX_LABELS]):
            raise wrong("labels", "a list of texts and whole numbers", plain(value), "Write the JSON again.")
        return tuple(value)
    if type(value) in (list, dict, bool) or (type(value) is float and math.isinf(value)):  # 1e999 is infinite
        raise wrong(name, "a finite number or a text", plain(value), "Write the JSON again.")
    return value


def _polygon(value: Any) -> list[list[float]]:
    pairs = value if type(value) is list and len(value) <= MAX_VERTICES else []
    whole = [type(pair) is list and len(pair) == 2 and {*map(type, pair)} <= {int, float} for pair in pairs]
    if not pairs or not all(whole):
        raise wrong(
            "polygon", f"a list of 3 to {MAX_VERTICES:,} pairs of numbers", plain(value), "Write it again."
        )
    return value


def _whole_numbers(value: Any) -> list[int]:
    if type(value) is not list or len(value) > MAX_LISTED or any(type(row) is not int for row in value):
        raise wrong(
            "rows", f"at most {MAX_LISTED} row numbers, or a packed text", plain(value), "Write it again."
        )
    return value


def require_saved(steps: Sequence[Step]) -> None:
    """Raise ParameterError when a name is loaded that no earlier step saved."""
    names: set[str] = set()
    for step in steps:
        if isinstance(step, Save):
            names.add(step.name)
        elif isinstance(step, Load) and step.name not in names:
            known = ", ".join(plain(name) for name in sorted(names)[:10]) or "none so far"
            raise wrong("load", f"a saved name ({known})", plain(step.name), "Save the selection first.")
