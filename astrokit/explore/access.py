"""A widget without a face that gives an explorer its own keys, and names to its sliders."""

from __future__ import annotations

from importlib import resources

import anywidget
import ipywidgets


class Access(anywidget.AnyWidget):
    """In elements of the class ``ak-explorer``, plain letters and arrows are no commands of JupyterLab.

    The sliders in them say their label and their number to a screen reader.
    """

    _esm = resources.files(__package__).joinpath("access.js").read_text(encoding="utf-8")

    def __init__(self) -> None:
        super().__init__(layout=ipywidgets.Layout(display="none"))
