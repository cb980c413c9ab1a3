"""Causes: graphs that independences allow, and what a variable adds beyond a learned representation."""

from .discovery import discover
from .graph import CausalGraph, Edge
from .knowledge import Knowledge
from .local import LocalDependence, local_dependence

__all__ = ["CausalGraph", "Edge", "Knowledge", "LocalDependence", "discover", "local_dependence"]
