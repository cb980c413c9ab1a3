"""What happened during a fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class History:
    """Losses epoch by epoch, and how the fit ended.

    Attributes
    ----------
    epochs : tuple of dict
        For each epoch its number from 0, `loss` (mean over the training samples while they were learned
        from), each term of it, with validation the same under `validation_...`, `learning_rate`, `seconds`.
    best_epoch : int
        Whose weights the model has: that of the lowest validation loss; the last one without validation.
    stopped : str
        "epochs" when all were done, "patience" when the validation loss no longer fell.
    seed, n_threads : int
        With both the same, and the same versions of torch, the same weights come out on a CPU.
    weights_hash : str
        sha256 of the weights (`astrokit.training.weights_hash`).
    """

    epochs: tuple[dict[str, float], ...]
    best_epoch: int
    stopped: str
    seed: int
    n_threads: int
    weights_hash: str

    @property
    def table(self) -> pd.DataFrame:
        """A row for each epoch."""
        import pandas as pd

        return pd.DataFrame(list(self.epochs)).set_index("epoch")

    @property
    def seconds(self) -> float:
        """Of all epochs, those before an interruption included."""
        return sum(epoch["seconds"] for epoch in self.epochs)

    def __repr__(self) -> str:
        best = self.epochs[self.best_epoch]
        losses = ", ".join(f"{name} {best[name]:.4g}" for name in ("loss", "validation_loss") if name in best)
        return (
            f"<History: {len(self.epochs)} epochs, best {self.best_epoch} ({losses}), {self.seconds:.1f} s>"
        )
