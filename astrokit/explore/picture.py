"""A widget that leaves a picture behind, with its alternative text, where no kernel lives."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import ipywidgets

from ..plotting import png_bytes

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class PictureBox(ipywidgets.VBox):
    """Base of widgets around one picture.

    A subclass draws in `static()` and describes in `alt`. The PNG goes into the mime bundle of this outermost
    box, since a box hides what its children would show; papermill, nbconvert and a reloaded notebook find it
    there.
    """

    def static(self) -> Figure:
        """The present view as a figure."""
        raise NotImplementedError

    @property
    def alt(self) -> str:
        """One sentence that says what the present view shows."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        # ipywidgets answers with a bundle, or with (bundle, metadata) in other versions.
        bundle = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        picture = base64.b64encode(png_bytes(self.static())).decode("ascii")
        data = {**data, "image/png": picture, "text/plain": self.alt}
        return data, {**metadata, "image/png": {"alt": self.alt}}
