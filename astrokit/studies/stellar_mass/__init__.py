"""What do images and magnitudes tell of the mass of a galaxy? After Zhang et al. (2025), arXiv 2509.23901.

No table of observed stellar masses is to be had freely, so this study confirms and refutes nothing of the
paper: it holds its method against simulated galaxies whose causal graph and information are known.

    sample = load().sample                        # simulated galaxies; "file" for your own
    reading = Reading(load_network(), sample)     # one network, any of its inputs
    reading.bound(["g", "r"])                     # bits, at least
    full_information(["g", "r"])                  # what there is to know, with an interval
    linear_information(["g", "r"])                # exact, in the linear-Gaussian setting
    knowing = Knowing(reading.local_information)  # redundant, unique, synergistic
    decompose(knowing, "optical", "images")
    local_power(0.2)                              # of the local analysis, for a hidden cause
"""

from .claims import compare
from .closed_form import linear_information, linear_pid
from .coverage import QUESTIONS, beside, coverage_by_kind, in_words, numbers
from .decompose import WARNING, Knowing, decompose, increment, pairs, shrinkage, synergy_of_bands
from .found_causes import discover_causes, frozen_causes, truth_of_causes
from .held import held_table, measure_held
from .honesty import CENTRES, held_by_intervals, ranks_of
from .inputs import GROUPS, INPUTS
from .known import knowing_truth, known_numbers, known_table, missed_table
from .known_information import full_information
from .loading import COLOURS, bands_of, describe, has, load, measured, sample_to_learn
from .local_causes import Rate, independences, local_analysis, local_false_positives, local_power
from .network import Reading, load_network, log_prior, log_prior_of, train
from .photometry import frozen_photometry
from .sample import Sample, draw_sample
from .seeds import load_seeds
from .separate import load_separate

PAPER = {
    "authors": "Zhang et al.",
    "year": 2025,
    "arxiv": "2509.23901",
    "n_bins": 520,
    "log_mass_range": (6.0, 12.5),
}

__all__ = [
    "CENTRES",
    "COLOURS",
    "GROUPS",
    "INPUTS",
    "PAPER",
    "QUESTIONS",
    "WARNING",
    "Knowing",
    "Rate",
    "Reading",
    "Sample",
    "bands_of",
    "beside",
    "compare",
    "coverage_by_kind",
    "decompose",
    "describe",
    "discover_causes",
    "draw_sample",
    "frozen_causes",
    "frozen_photometry",
    "full_information",
    "has",
    "held_by_intervals",
    "held_table",
    "in_words",
    "increment",
    "independences",
    "knowing_truth",
    "known_numbers",
    "known_table",
    "linear_information",
    "linear_pid",
    "load",
    "load_network",
    "load_seeds",
    "load_separate",
    "local_analysis",
    "local_false_positives",
    "local_power",
    "log_prior",
    "log_prior_of",
    "measure_held",
    "measured",
    "missed_table",
    "numbers",
    "pairs",
    "ranks_of",
    "sample_to_learn",
    "shrinkage",
    "synergy_of_bands",
    "train",
    "truth_of_causes",
]
