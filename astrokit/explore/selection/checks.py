"""What the parameters of a step may be: each check answers with the plain value, or raises ParameterError."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...errors import ParameterError

HOWS = ("new", "and", "or", "minus")
MAX_VERTICES = 10_000
MAX_LABELS = 10_000
MAX_CHARACTERS = 200  # of a name, a label, a channel
LIMIT = 1e100  # of a coordinate: beyond it, distances and crossings overflow
_WHOLE = 2**64


def wrong(what: str, expected: str, got: Any, next_step: str) -> ParameterError:
    """Return the error of a parameter, with a value of bounded length."""
    shown = got if isinstance(got, str) else repr(got)
    return ParameterError(what, expected=expected, got=shown[:120], next_step=next_step)


def require_how(how: Any) -> str:
    """Return how a step combines with what was selected before."""
    if not isinstance(how, str) or how not in HOWS:
        raise wrong("how", f"one of {', '.join(HOWS)}", how, "Use 'new' to begin anew.")
    return how


def require_number(what: str, value: Any) -> float:
    """Return a finite coordinate below `LIMIT` as float."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | float | np.integer | np.floating):
        raise wrong(what, "a number", type(value).__name__, "Give a finite number.")
    if not -LIMIT < value < LIMIT:
        raise wrong(what, f"a number between {-LIMIT:g} and {LIMIT:g}", value, "Give a finite number.")
    return float(value)


def require_bound(what: str, value: Any) -> int | float | None:
    """Return an end of a range: whole numbers stay whole (64 bits), None and infinities are an open end."""
    if value is None:
        return None
    if isinstance(value, int | np.integer) and not isinstance(value, bool):
        if abs(int(value)) < _WHOLE:
            return int(value)
        raise wrong(what, "a whole number of at most 64 bits", value, "Use None for an open end.")
    if not isinstance(value, float | np.floating) or math.isnan(value):
        raise wrong(what, "a number, or None for an open end", value, "Give a number that is not NaN.")
    return None if math.isinf(value) else float(value)


def require_count(what: str, value: Any, maximum: int) -> int:
    """Return a whole number from 1 to `maximum`."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or not 1 <= value <= maximum:
        raise wrong(what, f"a whole number from 1 to {maximum:,}", value, "Ask for one at least.")
    return int(value)


def require_text(what: str, value: Any) -> str:
    """Return a name: text of 1 to `MAX_CHARACTERS` characters that UTF-8 can hold."""
    if not isinstance(value, str) or not 0 < len(value) <= MAX_CHARACTERS:
        got = f"{len(value):,} characters" if isinstance(value, str) else type(value).__name__
        raise wrong(
            what, f"text of 1 to {MAX_CHARACTERS} characters", got, "Choose a shorter or another name."
        )
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise wrong(what, "text that UTF-8 can hold", ascii(value), "Remove lone surrogates.") from error
    return str(value)


def require_labels(what: str, labels: Any) -> tuple[int | str, ...]:
    """Return labels, each a whole number or text; a truth value becomes the text 'True' or 'False'."""
    if not 0 < len(labels) <= MAX_LABELS:
        raise wrong(what, f"1 to {MAX_LABELS:,} labels", f"{len(labels):,}", "Name the groups to select.")
    return tuple(_label(what, label) for label in labels)


def _label(what: str, label: Any) -> int | str:
    if isinstance(label, bool | np.bool_):
        return str(label)
    if isinstance(label, int | np.integer) and abs(int(label)) < _WHOLE:
        return int(label)
    if not isinstance(label, str):
        raise wrong(what, "labels that are text or whole numbers", label, "Give each label as an argument.")
    return require_text(what, label) if label else label


def require_polygon(polygon: Any) -> np.ndarray:
    """Return vertices as a read-only float64 array of shape (n_vertices, 2)."""
    try:
        vertices = np.asarray(polygon)
    except (ValueError, OverflowError):  # rows of different length
        vertices = np.empty(0)
    if vertices.ndim != 2 or vertices.shape[1] != 2 or vertices.dtype.kind not in "fiu":
        got = f"{vertices.dtype} of shape {vertices.shape}"
        raise wrong("polygon", "numbers of shape (n_vertices, 2)", got, "Give pairs (x, y).")
    if not 3 <= len(vertices) <= MAX_VERTICES:
        raise wrong(
            "polygon", f"3 to {MAX_VERTICES:,} vertices", f"{len(vertices):,}", "Simplify the outline."
        )
    vertices = vertices.astype(np.float64)
    if not (np.abs(vertices) < LIMIT).all():
        raise wrong("polygon", f"coordinates within {LIMIT:g}", "NaN or larger", "Remove those vertices.")
    vertices.flags.writeable = False
    return vertices


def plain(value: Any, length: int = 60) -> str:
    """Return a label as one line of visible characters, cut to `length`."""
    text = "".join(character if character.isprintable() else " " for character in str(value)[: length + 1])
    return text if len(text) <= length else text[: length - 1] + "…"
