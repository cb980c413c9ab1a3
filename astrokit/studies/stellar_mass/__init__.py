"""What do images and magnitudes tell of the mass of a galaxy? After Zhang et al. (2025), arXiv 2509.23901.

No table of observed stellar masses is to be had freely, so this study confirms and refutes nothing of the
paper: it holds its method against simulated galaxies whose causal graph and information are known.

    linear_information(["g", "r"])                # bits, exact, in the linear-Gaussian setting
    linear_pid(["g"], ["r"])                      # redundant, unique and synergistic, exact
    full_information(["g", "r"])                  # of the full model, with an interval
    local_false_positives()                       # of the local analysis, pair by pair
    local_power(0.2)                              # for a hidden cause of that partial correlation
"""

from .closed_form import linear_information, linear_pid
from .known_information import full_information
from .local_causes import Rate, independences, local_false_positives, local_power

PAPER = {
    "authors": "Zhang et al.",
    "year": 2025,
    "arxiv": "2509.23901",
    "n_bins": 520,
    "log_mass_range": (6.0, 12.5),
}

__all__ = [
    "PAPER",
    "Rate",
    "full_information",
    "independences",
    "linear_information",
    "linear_pid",
    "local_false_positives",
    "local_power",
]
