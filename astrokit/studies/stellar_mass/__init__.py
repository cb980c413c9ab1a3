"""What do images and magnitudes tell of the mass of a galaxy? After Zhang et al. (2025), arXiv 2509.23901.

No table of observed stellar masses is to be had freely, so this study confirms and refutes nothing of the
paper: it holds its method against simulated galaxies whose causal graph and information are known.

    linear_information(["g", "r"])                # bits, exact, in the linear-Gaussian setting
    linear_pid(["g"], ["r"])                      # redundant, unique and synergistic, exact
    full_information(["g", "r"])                  # of the full model, with an interval
"""

from .known_information import full_information, linear_information, linear_pid

PAPER = {
    "authors": "Zhang et al.",
    "year": 2025,
    "arxiv": "2509.23901",
    "n_bins": 520,
    "log_mass_range": (6.0, 12.5),
}

__all__ = ["PAPER", "full_information", "linear_information", "linear_pid"]
