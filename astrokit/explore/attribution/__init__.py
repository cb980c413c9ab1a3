"""`AttributionExplorer`: what a model's answers rest on, for any selection."""

from .explorer import AttributionExplorer

__all__ = ["AttributionExplorer"]
