"""The figure of a fit: its loss, epoch by epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .figure import INK, MEMBER, QUIET, new_figure

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


def losses(table: pd.DataFrame) -> Figure:
    """Losses of `astrokit.training.History.table`: `loss` and, with validation, `validation_loss`."""
    figure, axes = new_figure(6.0, 3.2)
    axes.plot(table.index, table["loss"], color=QUIET, lw=1.6, label="fitted to")
    if "validation_loss" in table:
        held_out = table["validation_loss"]
        axes.plot(table.index, held_out, color=MEMBER, lw=1.6, label="held out")
        axes.axvline(held_out.idxmin(), color=INK, lw=1, ls="--", label="lowest, kept")
    axes.set(xlabel="epoch", ylabel="loss")
    axes.legend(frameon=False, fontsize=8)
    return figure
