"""How a user stops long work: see `astrokit.progress`, which all rooms share."""

from ..progress import Cancel, Cancelled, stop_if

__all__ = ["Cancel", "Cancelled", "stop_if"]
