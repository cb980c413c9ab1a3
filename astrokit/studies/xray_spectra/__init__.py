"""What kind of source sends these X-rays? After Pinciroli Vago et al. (2025), arXiv 2510.14102.

The paper encodes Chandra spectra in eight numbers with a transformer autoencoder, and asks what these know of
eight classes. Here the same is done to simulated spectra, whose truth is known, and the real labelled table
of the Chandra Source Catalog is classified by band fluxes and variability, every source by models that have
not seen it.

    spectra = load("embedded")                          # simulated; "real" for the real response
    latents = encode(shipped_network(), bin_simulated(spectra))
    classify(table)                                     # your own table: a probability for each class
    results = reproduce()                               # simulated spectra: everything, with intervals
    results = reproduce_table()                         # the real table; load_results() has it at once
"""

from .autoencoder import (
    CENTRES_KEV,
    EDGES_KEV,
    Binned,
    bin_simulated,
    bin_spectra,
    decode,
    encode,
    expected_counts,
    fit_network,
    make_network,
    reduced_deviance,
    shipped_network,
    thin,
)
from .classifier import (
    BLEND,
    CLUSTERS,
    COLOURS,
    COUNTERPARTS,
    FOREST,
    FOREST_COLOURS,
    TUNED,
    Scores,
    cross_validate,
    fit,
)
from .classify import classify
from .latents import fidelity_by_counts, labels_of, tell_apart
from .meaning import correlate, describe_spectra, formulas
from .recovery import COUNTS, Folding, error_bound, folding_of, recover
from .results import compare, freeze_results, load_results, reproduce, reproduce_table
from .sample import CLASS_WORDS, COMPACT, Labelled, has_real_response, load, load_labelled
from .scores import calibration, compare_classes, compare_methods

PAPER = {
    "title": "Extracting latent representations from X-ray spectra. Classification, regression, and "
    "accretion signatures of Chandra sources",
    "authors": "N. O. Pinciroli Vago, J. R. Martinez-Galarza & R. Amato",
    "year": 2025,
    "arxiv": "2510.14102",
    "instrument": "Chandra",
    "n_latent": 8,
    "n_classes": 8,
    "balanced_accuracy": 0.40,  # about, by clusters in the latent space
    "balanced_accuracy_pair": 0.69,  # about, AGN against stellar-mass compact objects
}

__all__ = [
    "BLEND",
    "CENTRES_KEV",
    "CLASS_WORDS",
    "CLUSTERS",
    "COLOURS",
    "COMPACT",
    "COUNTERPARTS",
    "COUNTS",
    "EDGES_KEV",
    "FOREST",
    "FOREST_COLOURS",
    "PAPER",
    "TUNED",
    "Binned",
    "Folding",
    "Labelled",
    "Scores",
    "bin_simulated",
    "bin_spectra",
    "calibration",
    "classify",
    "compare",
    "compare_classes",
    "compare_methods",
    "correlate",
    "cross_validate",
    "decode",
    "describe_spectra",
    "encode",
    "error_bound",
    "expected_counts",
    "fidelity_by_counts",
    "fit",
    "fit_network",
    "folding_of",
    "formulas",
    "freeze_results",
    "has_real_response",
    "labels_of",
    "load",
    "load_labelled",
    "load_results",
    "make_network",
    "recover",
    "reduced_deviance",
    "reproduce",
    "reproduce_table",
    "shipped_network",
    "tell_apart",
    "thin",
]
