"""The map: a picture of very many points that answers at once."""

from .widget import LatentMap, show

__all__ = ["LatentMap", "show"]
