"""A widget that leaves a picture behind, with its alternative text, where no kernel lives."""

from __future__ import annotations

import base64
import os
from typing import TYPE_CHECKING, Any

import ipywidgets

from ..plotting import png_bytes
from ..reporting import RECORD_VARIABLE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

VIEW = "application/vnd.jupyter.widget-view+json"
# A live widget hides the picture that stands right before it; JupyterLab's own classes.
HIDE_PICTURE = (
    ".jp-OutputArea-child:has(.jp-RenderedImage):has(+ .jp-OutputArea-child .{0}) {{display: none}}"
)


class LeavesPicture:
    """Mixin of widgets whose mime bundle holds a picture beside the widget's view.

    A page prefers the view, also where it is dead: JupyterLab then says that there is no model, and shows no
    picture. So a notebook gets two outputs, the picture and then the view, and a live view hides the picture
    by a rule of style (`HIDE_PICTURE`). `astrokit run` gets one output with both, and strips the view.
    """

    def _ipython_display_(self) -> None:
        from IPython.display import publish_display_data

        data, metadata = self._repr_mimebundle_()  # type: ignore[attr-defined]
        if VIEW not in data or RECORD_VARIABLE in os.environ:
            publish_display_data(data, metadata)
            return
        view = {VIEW: data.pop(VIEW), "text/plain": type(self).__name__}
        publish_display_data(data, metadata)
        publish_display_data(view)


def with_picture(bundle: Any, picture: bytes, alt: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Add a PNG and its alternative text to a widget's mime bundle."""
    # ipywidgets answers with a bundle, or with (bundle, metadata) in other versions.
    data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
    encoded = base64.b64encode(picture).decode("ascii")
    return {**data, "image/png": encoded, "text/plain": alt}, {**metadata, "image/png": {"alt": alt}}


class PictureBox(LeavesPicture, ipywidgets.VBox):
    """Base of widgets around one picture.

    A subclass draws in `static()` and describes in `alt`. The PNG goes into the mime bundle of this outermost
    box, since a box hides what its children would show; papermill, nbconvert and a reloaded notebook find it
    there.
    """

    def __init__(self, children: Any = (), **options: Any) -> None:
        rule = ipywidgets.HTML(f"<style>{HIDE_PICTURE.format('ak-picture-box')}</style>")
        rule.layout.display = "none"
        super().__init__([*children, rule], **options)
        self.add_class("ak-picture-box")

    def static(self) -> Figure:
        """The present view as a figure."""
        raise NotImplementedError

    @property
    def alt(self) -> str:
        """One sentence that says what the present view shows."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        return with_picture(super()._repr_mimebundle_(**kwargs), png_bytes(self.static()), self.alt)
