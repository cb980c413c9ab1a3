"""The cluster explorer: a map beside clusters, the tree they are cut from, and whether to believe them."""

from .explorer import ClusterExplorer

__all__ = ["ClusterExplorer"]
