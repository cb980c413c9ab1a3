"""A widget without a face that leaves an explorer its own keys."""

from __future__ import annotations

from importlib import resources

import anywidget
import ipywidgets


class Keys(anywidget.AnyWidget):
    """Plain letters and arrows are no commands of JupyterLab in elements of the class ``ak-explorer``."""

    _esm = resources.files(__package__).joinpath("keys.js").read_text(encoding="utf-8")

    def __init__(self) -> None:
        super().__init__(layout=ipywidgets.Layout(display="none"))
