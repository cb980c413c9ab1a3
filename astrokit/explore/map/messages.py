"""What the browser may send, and nothing else: each message is checked before anything is done about it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...errors import ParameterError

MAX_SIDE = 4096  # pixels of a frame
MAX_VERTICES = 20_000
FARTHEST = 1e30  # coordinates beyond are no place on a map
PARTS = ("counts", "members", "categories", "mean")
HOW = ("new", "and", "or", "minus")
ACTIONS = ("undo", "redo", "clear", "invert")


class MessageError(ParameterError):
    """A message from the browser is not what it must be; nothing was changed."""


@dataclass(frozen=True)
class Hello:
    """A view of the map has opened and asks what there is."""

    client: str


@dataclass(frozen=True)
class FrameRequest:
    """The picture of a window; `parts` are the layers that the browser does not have yet."""

    client: str
    id: int
    view: tuple[float, float, float, float]
    width: int
    height: int
    coarse: bool
    channel: str | None
    parts: tuple[str, ...]


@dataclass(frozen=True)
class Hover:
    """Which source is at a place? `view` with width and height give the size of a pixel."""

    client: str
    id: int
    x: float
    y: float
    view: tuple[float, float, float, float]
    width: int
    height: int


@dataclass(frozen=True)
class Lasso:
    """Select what is in a polygon."""

    client: str
    polygon: np.ndarray
    how: str


@dataclass(frozen=True)
class Box:
    """Select what is in a box."""

    client: str
    box: tuple[float, float, float, float]
    how: str


@dataclass(frozen=True)
class PickCategory:
    """Select all sources of some categories."""

    client: str
    channel: str
    labels: tuple[str, ...]
    how: str


@dataclass(frozen=True)
class Act:
    """Undo, redo, clear or invert the selection."""

    client: str
    action: str


Message = Hello | FrameRequest | Hover | Lasso | Box | PickCategory | Act


def parse(content: Any) -> Message:
    """Return the message in a dictionary from the browser.

    Raises
    ------
    MessageError
        Anything but one of the messages above, with values of the right type, finite and of a sane size.

    Examples
    --------
    >>> parse({"kind": "act", "client": "a1", "action": "undo"})
    Act(client='a1', action='undo')
    """
    _check(isinstance(content, dict), "message", "a dictionary", content)
    kind = content.get("kind")
    _check(isinstance(kind, str) and kind in _READERS, "kind", f"one of {', '.join(_READERS)}", kind)
    client = content.get("client")
    is_client = isinstance(client, str) and re.fullmatch("[a-z0-9]{1,16}", client) is not None
    _check(is_client, "client", "1 to 16 letters and digits", client)
    return _READERS[kind](client, content)


def _frame(client: str, content: dict[str, Any]) -> FrameRequest:
    parts: Any = content.get("parts")
    coarse: Any = content.get("coarse")
    are_parts = isinstance(parts, list) and len(parts) <= len(PARTS) and all(part in PARTS for part in parts)
    _check(are_parts, "parts", f"some of {', '.join(PARTS)}", parts)
    _check(isinstance(coarse, bool), "coarse", "true or false", coarse)
    channel: Any = content.get("channel")
    _check(channel is None or isinstance(channel, str), "channel", "a name or null", channel)
    view, width, height = _window(content)
    return FrameRequest(client, _id(content), view, width, height, coarse, channel, tuple(parts))


def _hover(client: str, content: dict[str, Any]) -> Hover:
    x, y = _numbers(content.get("at"), 2, "at")
    return Hover(client, _id(content), x, y, *_window(content))


def _lasso(client: str, content: dict[str, Any]) -> Lasso:
    vertices: Any = content.get("polygon")
    is_list = isinstance(vertices, list) and 3 <= len(vertices) <= MAX_VERTICES
    _check(is_list, "polygon", f"3 to {MAX_VERTICES:,} vertices", vertices)
    polygon = np.array([_numbers(vertex, 2, "vertex") for vertex in vertices])
    return Lasso(client, polygon, _choice(content, "how", HOW))


def _box(client: str, content: dict[str, Any]) -> Box:
    return Box(client, check_view(content.get("box"), "box"), _choice(content, "how", HOW))


def _category(client: str, content: dict[str, Any]) -> PickCategory:
    channel: Any = content.get("channel")
    labels: Any = content.get("labels")
    _check(isinstance(channel, str), "channel", "a name", channel)
    is_list = isinstance(labels, list) and 1 <= len(labels) <= 32
    _check(is_list and all(isinstance(label, str) for label in labels), "labels", "1 to 32 labels", labels)
    return PickCategory(client, channel, tuple(labels), _choice(content, "how", HOW))


_READERS: dict[str, Callable[[str, dict[str, Any]], Message]] = {
    "hello": lambda client, content: Hello(client),
    "frame": _frame,
    "hover": _hover,
    "lasso": _lasso,
    "box": _box,
    "category": _category,
    "act": lambda client, content: Act(client, _choice(content, "action", ACTIONS)),
}


def _window(content: dict[str, Any]) -> tuple[tuple[float, float, float, float], int, int]:
    return check_view(content.get("view"), "view"), _side(content, "width"), _side(content, "height")


def check_view(values: Any, name: str) -> tuple[float, float, float, float]:
    """Return four finite numbers x0 < x1, y0 < y1, or raise MessageError."""
    x0, x1, y0, y1 = _numbers(values, 4, name)
    _check(x0 < x1 and y0 < y1, name, "x0 < x1 and y0 < y1", values)
    return x0, x1, y0, y1


def _numbers(values: Any, n: int, name: str) -> tuple[float, ...]:
    _check(isinstance(values, list) and len(values) == n, name, f"a list of {n} numbers", values)
    for value in values:
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        _check(is_number, name, f"{n} numbers", values)
        # NaN is not at most anything.
        _check(abs(value) <= FARTHEST, name, f"{n} finite numbers", values)
    return tuple(float(value) for value in values)


def _side(content: dict[str, Any], name: str) -> int:
    value: Any = content.get(name)
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    _check(is_whole and 1 <= value <= MAX_SIDE, name, f"1 to {MAX_SIDE} whole pixels", value)
    return value


def _id(content: dict[str, Any]) -> int:
    value: Any = content.get("id")
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    _check(is_whole and 0 <= value < 2**53, "id", "a whole number", value)
    return value


def _choice(content: dict[str, Any], name: str, choices: tuple[str, ...]) -> str:
    value: Any = content.get(name)
    _check(isinstance(value, str) and value in choices, name, f"one of {', '.join(choices)}", value)
    return value


def _check(is_fine: bool, what: str, expected: str, got: Any) -> None:
    if not is_fine:
        text = repr(got)
        raise MessageError(
            f"message of the map, {what}",
            expected=expected,
            got=text if len(text) <= 60 else f"{text[:57]}...",
            next_step="Nothing was changed. Reload the page if this comes again.",
        )
