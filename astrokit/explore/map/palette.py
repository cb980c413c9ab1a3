"""Colours that people with the common colour-vision deficiencies tell apart; the browser has the same."""

from __future__ import annotations

import functools
import json
from importlib import resources

COLOUR_MAPS = ("viridis", "cividis", "magma", "inferno")
STRETCHES = ("log", "linear", "equalised")


@functools.cache
def palettes_json() -> str:
    """The text of `palettes.json`: stops of the colour maps, and 32 colours for categories."""
    return resources.files(__package__).joinpath("palettes.json").read_text(encoding="utf-8")


@functools.cache
def category_colours() -> tuple[str, ...]:
    """32 hex codes: the hues of Okabe & Ito (2008), then a dark, a light and a very dark one of each.

    The greys come last: what has no category is grey on the map.

    Examples
    --------
    >>> category_colours()[:2]
    ('#e69f00', '#56b4e9')
    """
    return tuple(json.loads(palettes_json())["categories"])
