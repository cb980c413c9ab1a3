"""Which ratios of molecules tell how much carbon and oxygen a cloud began with? Vermarien et al. (2025)."""

from .emulation import emulate
from .sample import LIMIT, RATIOS, SPECIES, Grid, Observed, carbon_to_oxygen, load, observe

__all__ = ["LIMIT", "RATIOS", "SPECIES", "Grid", "Observed", "carbon_to_oxygen", "emulate", "load", "observe"]
