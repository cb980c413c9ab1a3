"""Information between variables, and how two sources share it: redundant, unique, synergistic.

What each measure means, and when they disagree, stands in `docs/information.md`.
"""

from .decomposition import Decomposition
from .discrete import pid
from .estimate import InformationEstimate
from .gaussian import pid_gaussian
from .local import pid_local
from .mutual import mutual_information
from .samples import pid_samples

__all__ = [
    "Decomposition",
    "InformationEstimate",
    "mutual_information",
    "pid",
    "pid_gaussian",
    "pid_local",
    "pid_samples",
]
