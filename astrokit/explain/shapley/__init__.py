"""Shapley values: how each feature moves each answer of a model."""

from .attribution import Attribution
from .values import shapley

__all__ = ["Attribution", "shapley"]
