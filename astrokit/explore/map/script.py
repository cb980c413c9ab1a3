"""The map's JavaScript: small ES modules in `js/`, joined into the one text that a widget or a page takes."""

from __future__ import annotations

import functools
import re
from importlib import resources

from .palette import palettes_json

# Each file may use those above it.
FILES = (
    "geometry",
    "colour",
    "frame",
    "paint",
    "sources",
    "element",
    "overlay",
    "drawing",
    "asking",
    "gestures",
    "legend",
    "toolbar",
    "settings",
    "map",
)


@functools.cache
def module_text() -> str:
    """One ES module: the files in order without imports of one another, and with the exports of the last."""
    folder = resources.files(__package__).joinpath("js")
    texts = [folder.joinpath(f"{name}.js").read_text(encoding="utf-8") for name in FILES]
    inner = [re.sub(r"^export (?=const|function|class|async)", "", text, flags=re.M) for text in texts[:-1]]
    joined = [re.sub(r"^import .*;\n", "", text, flags=re.M) for text in (*inner, texts[-1])]
    return "".join([f"const PALETTES = {palettes_json()};\n", *joined])


@functools.cache
def style_text() -> str:
    """The style sheet."""
    return resources.files(__package__).joinpath("map.css").read_text(encoding="utf-8")
