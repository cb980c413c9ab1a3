"""What do three autoencoders know of variable stars? After Huijse et al. (2025), arXiv 2505.16320.

Three variational autoencoders turn the spectrum, the folded light curve and the magnitude differences of a
Gaia source into five numbers each. Here their published latent space is explored (or a simulated one): what
its map shows, whether to trust it, which sources are strange, and how well fifteen classes can be told apart,
with probabilities that keep their word.

    data = load("embedded")                      # or "real", or "file" with a path
    xy = make_map(data)                          # the published map, or a UMAP
    islands = find_islands(data, xy)             # clusters, named by what they hold
    scores = cross_validate(data)                # nested folds: the blend, and simple rivals
    results = reproduce("embedded")              # everything, with intervals

Of light curves of your own the autoencoders that ship here make ten numbers, five of the folded curve and
five of the histogram:

    latents = embed(observations, sources)       # (n_sources, 10), in the order of the sources
"""

from .classifier import BLEND, LOGISTIC, LOGISTIC_LATENTS, PLAIN, Scores, cross_validate, fit
from .curves.autoencoders import (
    decode_curves,
    decode_histograms,
    encode_curves,
    encode_histograms,
    fit_curves,
    fit_histograms,
    shipped_curve_network,
    shipped_histogram_network,
)
from .curves.embedding import LATENT_NAMES, embed
from .curves.folding import fold
from .curves.histograms import histogram_of
from .curves.observations import gather
from .curves.results import (
    freeze_curve_results,
    judge_latents,
    load_curve_results,
    make_curve_weights,
    split_sources,
)
from .curves.sample import load_curves, take_sources
from .curves.scores import compare_modalities, compare_with_spectra, explained_by_decoder, kept_accuracy
from .islands import describe_islands, find_islands, make_map, name_of, read_sequences
from .period_recovery import (
    freeze_period_recovery,
    load_period_recovery,
    measure_recovery,
    recovery_rates,
)
from .periods import Period, find_period, find_periods
from .results import (
    agree_with_classes,
    calibration,
    compare,
    freeze_gaia_results,
    judge_map,
    load_gaia_results,
    reproduce,
)
from .sample import (
    CLASS_WORDS,
    CLASSES,
    FEATURE_LABELS,
    FEATURES,
    GROUPS,
    GaiaVariables,
    load,
    prepare,
)
from .scores import compare_classes, compare_methods, explain, importance_of_groups, share_out_groups
from .spectra import (
    decode_spectra,
    encode_spectra,
    fit_spectra,
    join_spectra,
    judge_spectra,
    load_spectra_results,
    shipped_spectra_network,
    simulated_spectral_latents,
)
from .strangers import doubtful_labels, rank_strangers, recall_of_rare

PAPER = {
    "title": "Learning novel representations of variable sources from multi-modal Gaia data via autoencoders",
    "authors": "P. Huijse et al.",
    "year": 2025,
    "arxiv": "2505.16320",
    "instrument": "Gaia",
    "n_latent": 15,
    "n_trained": 4_000_000,
    "n_classes": 15,
    "balanced_accuracy": 0.778,  # mean recall in the confusion matrix of the authors' poster
}

__all__ = [
    "BLEND",
    "CLASSES",
    "CLASS_WORDS",
    "FEATURES",
    "FEATURE_LABELS",
    "GROUPS",
    "LATENT_NAMES",
    "LOGISTIC",
    "LOGISTIC_LATENTS",
    "PAPER",
    "PLAIN",
    "GaiaVariables",
    "Period",
    "Scores",
    "agree_with_classes",
    "calibration",
    "compare",
    "compare_classes",
    "compare_methods",
    "compare_modalities",
    "compare_with_spectra",
    "cross_validate",
    "decode_curves",
    "decode_histograms",
    "decode_spectra",
    "describe_islands",
    "doubtful_labels",
    "embed",
    "encode_curves",
    "encode_histograms",
    "encode_spectra",
    "explain",
    "explained_by_decoder",
    "find_islands",
    "find_period",
    "find_periods",
    "fit",
    "fit_curves",
    "fit_histograms",
    "fit_spectra",
    "fold",
    "freeze_curve_results",
    "freeze_gaia_results",
    "freeze_period_recovery",
    "gather",
    "histogram_of",
    "importance_of_groups",
    "join_spectra",
    "judge_latents",
    "judge_map",
    "judge_spectra",
    "kept_accuracy",
    "load",
    "load_curve_results",
    "load_curves",
    "load_gaia_results",
    "load_period_recovery",
    "load_spectra_results",
    "make_curve_weights",
    "make_map",
    "measure_recovery",
    "name_of",
    "prepare",
    "rank_strangers",
    "read_sequences",
    "recall_of_rare",
    "recovery_rates",
    "reproduce",
    "share_out_groups",
    "shipped_curve_network",
    "shipped_histogram_network",
    "shipped_spectra_network",
    "simulated_spectral_latents",
    "split_sources",
    "take_sources",
]
