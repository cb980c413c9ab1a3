"""A loss that is no number stops the fit at once, and the batch is named."""

import numpy as np
import pytest
import torch
from torch import nn

from astrokit.models import Model
from astrokit.training import NotFinite, fit, weights_hash
from astrokit.training.split import order_of_epoch, split

OPTIONS = {"epochs": 3, "batch_size": 10, "threads": 1, "progress": False}


@pytest.mark.parametrize("rubbish", [np.nan, np.inf])
def test_a_planted_row_is_named_with_its_batch_and_array(model, data, rubbish):
    data["values"][137, 3] = rubbish
    part, _ = split(data, None, seed_of(0), torch.float32)
    place = order_of_epoch(part, seed_of(0), 0).tolist().index(137)
    seen = weights_hash(model)
    with pytest.raises(NotFinite) as told:
        fit(model, data, **OPTIONS, validation=None)
    assert (told.value.epoch, told.value.batch, told.value.rows) == (0, place // 10, [137])
    for word in ("batch", "epoch 0", "1 of 10 samples", "rows 137", "'values'", "Mask these entries"):
        assert word in str(told.value)
    assert all(weight.isfinite().all() for weight in model.parameters())
    assert weights_hash(model) != seen  # the batches before it were learned from


def seed_of(random_state):
    from astrokit.random import as_seed

    return as_seed(random_state)


def test_rows_held_out_are_named_by_their_place_in_the_data(model, data):
    seed = seed_of(0)
    _, held_out = split(data, 0.2, seed, torch.float32)
    row = int(held_out.chosen[33])
    data["errors"][row] = np.nan
    with pytest.raises(NotFinite, match=f"validation loss of batch 3 in epoch 0.*rows {row}.*'errors'"):
        fit(model, data, **OPTIONS, validation=0.2)


def test_a_mask_makes_the_same_row_harmless(model, data):
    data["values"][137, 3] = np.nan
    history = fit(model, data | {"mask": np.isfinite(data["values"])}, **OPTIONS)
    assert np.isfinite(history.table["loss"]).all()


def test_an_error_of_zero_is_named_although_the_data_are_finite(model, data):
    model.likelihood.log_variance = None
    data["errors"][5] = 0.0
    with pytest.raises(NotFinite, match=r"rows 5.*finite data and finite weights.*errors of 0"):
        fit(model, data, **OPTIONS, validation=None)


def test_a_step_that_spoils_the_weights_is_told_apart_from_bad_data(data):
    class Cliff(Model):
        """Finite losses whose gradient is infinite."""

        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.zeros(1))

        def loss_terms(self, batch, *, generator):
            return {"root": self.weight.sqrt().expand(len(batch["values"]))}

    with pytest.raises(
        NotFinite, match=r"batch 1 in epoch 0.*'weight' that the step before made so.*clip_norm"
    ):
        fit(Cliff(), data, **OPTIONS, validation=None)
