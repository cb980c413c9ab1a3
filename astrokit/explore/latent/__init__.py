"""`LatentExplorer`: what a model has learned, source by source."""

from .explorer import LatentExplorer

__all__ = ["LatentExplorer"]
