"""Controls that all explorers use: buttons as wide as their words, and lines that break."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets


def button(text: str, tooltip: str, click: Callable[[], object], icon: str = "") -> ipywidgets.Button:
    """A button as wide as its text."""
    made = ipywidgets.Button(description=text, tooltip=tooltip, icon=icon, layout={"width": "auto"})
    made.on_click(lambda _: click())
    return made


def in_row(*widgets: Any) -> ipywidgets.HBox:
    """Widgets beside each other, and on the next line where there is no room."""
    row = ipywidgets.HBox(widgets)
    row.layout.flex_flow, row.layout.align_items = "row wrap", "center"
    return row
