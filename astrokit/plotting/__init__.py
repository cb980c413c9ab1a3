"""Static figures: they take results and return a figure; they never fit anything."""

from .figure import png_bytes, say, show

__all__ = ["png_bytes", "say", "show"]
