"""A widget where a kernel lives, a picture with its alternative text everywhere else.

The contract: a class takes `LeavesPicture` as its first base, and its `_repr_mimebundle_` answers with the
view of the widget and, through `with_picture`, a PNG with one sentence that says what it shows. Then

- with a live kernel, in JupyterLab and Jupyter Notebook, there is the widget alone;
- in a notebook that was saved there and is opened without a kernel, or after it has ended, the picture alone;
- in nbconvert, in papermill and on GitHub, the picture;
- under `astrokit run`, one output with the view and the picture, whose view is stripped in the end.

The picture is of the moment when the widget was displayed.
"""

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
# A dead widget brings no style of its own, so this one is saved with the notebook, before the picture: it
# takes no room, and hides the second output after it as long as JupyterLab has put no widget there, just
# words such as "model not found".
HIDE_DEAD_WIDGET = """<style class="ak-hide-dead-widget">
.jp-OutputArea-child:has(> .jp-OutputArea-output > .ak-hide-dead-widget) {display: none}
.jp-OutputArea-child:has(> .jp-OutputArea-output > .ak-hide-dead-widget)
  + .jp-OutputArea-child
  + .jp-OutputArea-child:not(:has(> .jp-OutputArea-output > .lm-Widget)) {display: none}
</style>"""


class LeavesPicture:
    """Mixin of widgets whose mime bundle holds a picture beside the widget's view.

    JupyterLab prefers the view, also where it is dead: it then says that there is no model, and shows no
    picture. So a notebook gets three outputs: a style that hides a dead view, the picture, and the view,
    which hides the picture while it lives (`HIDE_PICTURE`).
    """

    def _ipython_display_(self) -> None:
        from IPython.display import publish_display_data

        data, metadata = self._repr_mimebundle_()  # type: ignore[attr-defined]
        if VIEW not in data or RECORD_VARIABLE in os.environ:
            publish_display_data(data, metadata)
            return
        view = {VIEW: data.pop(VIEW)}
        publish_display_data({"text/html": HIDE_DEAD_WIDGET})
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
