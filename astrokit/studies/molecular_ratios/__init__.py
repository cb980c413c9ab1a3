"""Which ratios of molecules tell how much carbon and oxygen a cloud began with? Vermarien et al. (2025).

The paper reads nine ratios of molecules in a grid of chemical models with Shapley values and UMAP. Here the
same is done on a grid of our own, with an emulator that is judged on models it has not seen, intervals around
every importance, and the way back from observed ratios to the cloud.

    grid = load()                                  # inputs, ratios, abundances of 1,459 models
    emulate(grid.inputs)                           # the emulator that is shipped: ratios with 90% intervals
    emulator = fit(grid)                           # one of your own
    results = reproduce()                          # everything, with intervals; load_results() has it at once
"""

from .attribution import (
    CHANGING,
    LABELS,
    SCALES,
    attribute,
    bin_edges,
    changes,
    imitate,
    importances,
    pairs,
    shares,
)
from .claims import EVEN, STATEMENTS, margins, verdicts
from .emulation import emulate
from .emulator import Emulator, fit_processes_alone
from .groups import composition, group, likeness, over_everything, over_seeds, patterns, stability
from .inverse import as_seen, chosen_and_checked, decompose, ranking
from .posterior import SOUGHT, check, draw_prior, honest_levels, infer, sought, summary, with_noise
from .results import changes_arrays, compare, fit, freeze_results, load_results, reproduce
from .sample import LIMIT, RATIOS, SPECIES, Grid, Observed, carbon_to_oxygen, load, observe
from .weights import shipped_emulator

PAPER = {
    "title": "Understanding molecular ratios in the carbon- and oxygen-poor outer Milky Way with "
    "interpretable machine learning",
    "authors": "G. Vermarien, S. Viti, J. Heyl & F. Fontani",
    "year": 2025,
    "arxiv": "2505.08410",
    "journal": "A&A 699, A18",
    "n_models": "a large grid",
    "n_ratios": 9,
    "claims": {
        "temperature and density lead": "the most important features",
        "CN/HCN traces carbon": "sensitive to initial carbon",
        "HNC/HCN traces carbon": "sensitive to initial carbon",
        "CS/SO traces oxygen": "sensitive to oxygen",
        "no other ratio traces oxygen": "only CS/SO",
    },
}

__all__ = [
    "CHANGING",
    "EVEN",
    "LABELS",
    "LIMIT",
    "PAPER",
    "RATIOS",
    "SCALES",
    "SOUGHT",
    "SPECIES",
    "STATEMENTS",
    "Emulator",
    "Grid",
    "Observed",
    "as_seen",
    "attribute",
    "bin_edges",
    "carbon_to_oxygen",
    "changes",
    "changes_arrays",
    "check",
    "chosen_and_checked",
    "compare",
    "composition",
    "decompose",
    "draw_prior",
    "emulate",
    "fit",
    "fit_processes_alone",
    "freeze_results",
    "group",
    "honest_levels",
    "imitate",
    "importances",
    "infer",
    "likeness",
    "load",
    "load_results",
    "margins",
    "observe",
    "over_everything",
    "over_seeds",
    "pairs",
    "patterns",
    "ranking",
    "reproduce",
    "shares",
    "shipped_emulator",
    "sought",
    "stability",
    "summary",
    "verdicts",
    "with_noise",
]
