"""Intervals of an attribution cover the truth in simulation, also where rows of one source repeat it."""

import numpy as np
from scipy.stats import norm

from astrokit.explore.attribution.groups import Groups
from astrokit.explore.attribution.summary import IMPORTANCE, MEAN, summarise
from astrokit.explore.attribution.sums import Blocks

N_DRAWS, N_FEATURES = 40, 60  # every feature is a draw of its own
N_GROUPS = 80
SHIFT = 0.4  # of the selected rows
LEVEL_SPREAD = 4 * np.sqrt(0.05 * 0.95 / (N_DRAWS * N_FEATURES))  # four standard errors of a share
SIZES_OF_ERROR = 0.012  # a t interval over clusters of unequal size is not exact


def drawn(rng):
    """Rows of sources: half of the variance is the source's own, so that its rows say much the same."""
    sizes = rng.integers(1, 12, N_GROUPS)
    groups = np.repeat(np.arange(N_GROUPS), sizes)
    own = rng.normal(size=(N_GROUPS, N_FEATURES))[groups]
    values = np.sqrt(0.5) * own + np.sqrt(0.5) * rng.normal(size=own.shape)
    # Sources are in the selection with some rows, with all, or with none.
    share = rng.choice([0.0, 0.3, 1.0], N_GROUPS)[groups]
    chosen = rng.random(len(groups)) < share
    values[chosen] += SHIFT
    return values, groups, chosen


def coverage():
    """How often intervals hold the mean, the mean absolute value, the difference; by groups and by rows."""
    rng = np.random.default_rng(0)
    found = {True: [], False: []}
    s = SHIFT
    absolute = s * (1 - 2 * norm.cdf(-s)) + 2 * norm.pdf(s)  # of a normal variable with mean s, folded
    for _ in range(N_DRAWS):
        values, groups, chosen = drawn(rng)
        blocks = Blocks(values, values)
        for with_groups in found:
            made = Groups(groups, len(groups)) if with_groups else None
            summary = summarise(blocks, tuple("x" * N_FEATURES), chosen, groups=made)
            truths = (
                (summary.here.means[:, MEAN], summary.here.halves[:, MEAN], SHIFT),
                (summary.here.means[:, IMPORTANCE], summary.here.halves[:, IMPORTANCE], absolute),
                (summary.difference.means[:, MEAN], summary.difference.halves[:, MEAN], SHIFT),
            )
            found[with_groups].append([np.abs(mean - truth) < half for mean, half, truth in truths])
    return {with_groups: np.mean(held, axis=(0, 2)) for with_groups, held in found.items()}


def test_intervals_over_sources_cover_and_intervals_over_rows_do_not():
    covered = coverage()
    over_groups, over_rows = covered[True], covered[False]
    assert (over_groups > 0.95 - LEVEL_SPREAD - SIZES_OF_ERROR).all(), over_groups
    assert (over_groups < 0.95 + LEVEL_SPREAD + 0.02).all(), over_groups
    assert over_rows[0] < 0.8, over_rows


def test_without_groups_each_row_is_a_source_and_intervals_cover():
    rng = np.random.default_rng(1)
    held = []
    for _ in range(N_DRAWS):
        values = rng.exponential(size=(900, N_FEATURES))
        summary = summarise(Blocks(values, values), tuple("x" * N_FEATURES), np.arange(900) < 300)
        held.append(np.abs(summary.difference.means[:, MEAN]) < summary.difference.halves[:, MEAN])
    assert abs(np.mean(held) - 0.95) < LEVEL_SPREAD
