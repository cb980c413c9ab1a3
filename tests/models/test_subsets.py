"""One network for any subset of inputs: what is not there does not matter, and bins are exact."""

import math

import numpy as np
import pytest
import torch

from astrokit.models import BinnedPosterior, ImageEncoder, SubsetEncoder
from astrokit.models.image import turned
from astrokit.models.subsets import random_subsets
from astrokit.training import fit, load_model, save_weights

N, SIDE = 6, 16
GROUPS = [[0, 1], [2, 3, 4]]


def make(n_subsets=3):
    image = ImageEncoder(SIDE, widths=(1.0, 2.0), n_channels=2)
    encoder = SubsetEncoder(3, 2, image, width=16, with_errors=True)
    return BinnedPosterior(encoder, -1.0, 2.0, 40, groups=GROUPS, n_subsets=n_subsets)


def batch_of(n=N, seed=0):
    generator = torch.Generator().manual_seed(seed)
    values = torch.randn(n, 3, generator=generator)
    return {
        "images": 5 * torch.randn(n, 2, SIDE, SIDE, generator=generator),
        "values": values,
        "errors": torch.rand(n, 3, generator=generator) + 0.1,
        "mask": torch.rand(n, 5, generator=generator) < 0.6,
        "target": torch.rand(n, generator=generator),
    }


def standardised(n_subsets=3):
    model = make(n_subsets)
    batch = batch_of(200)
    model.standardise(batch | {"mask": torch.ones(200, 5, dtype=torch.bool)})
    return model.eval()


@pytest.mark.parametrize("rubbish", [0.5, float("nan"), float("inf")])
def test_what_is_not_there_changes_no_bit_of_the_answer(rubbish):
    model, batch = standardised(), batch_of()
    batch["mask"][:, 3] = True
    of_images, of_values = batch["mask"].split([2, 3], dim=1)
    spoiled = batch | {
        "images": torch.where(of_images[..., None, None], batch["images"], rubbish),
        "values": torch.where(of_values, batch["values"], rubbish),
        "errors": torch.where(of_values, batch["errors"], rubbish),
    }
    assert torch.equal(model.log_probabilities(batch), model.log_probabilities(spoiled))
    for given in (batch, spoiled):
        model.zero_grad()
        model.loss_terms(given, generator=torch.Generator().manual_seed(1))["cross_entropy"].sum().backward()
        assert all(p.grad is None or p.grad.isfinite().all() for p in model.parameters())


def test_what_is_there_does_change_it():
    model, batch = standardised(), batch_of()
    batch["mask"][:] = True
    for name in ("images", "values", "errors"):
        moved = batch | {name: batch[name] + 1.0}
        assert not torch.allclose(model.log_probabilities(batch), model.log_probabilities(moved))


def test_a_sample_is_answered_alike_in_any_company():
    model, batch = standardised(), batch_of(40)
    batch["mask"][:, 2] = True
    order = torch.randperm(40, generator=torch.Generator().manual_seed(0))
    together = model.log_probabilities(batch)
    shuffled = model.log_probabilities({name: part[order] for name, part in batch.items()})
    alone = torch.cat([
        model.log_probabilities({name: part[k : k + 1] for name, part in batch.items()}) for k in range(40)
    ])  # fmt: skip
    assert torch.allclose(together[order], shuffled, atol=1e-5)
    assert torch.allclose(together, alone, atol=1e-4)


def test_innovations_are_uncorrelated_and_of_unit_variance_for_every_subset():
    rng = np.random.default_rng(0)
    values = torch.from_numpy(rng.multivariate_normal(
        np.zeros(3), [[1, 0.95, 0.5], [0.95, 1, 0.45], [0.5, 0.45, 1]], 20_000
    ).astype(np.float32))  # fmt: skip
    encoder = SubsetEncoder(3, width=8)
    encoder.standardise({"values": values, "mask": torch.ones(20_000, 3, dtype=torch.bool)})
    for there in ([True, True, True], [False, True, True], [True, False, False]):
        mask = torch.tensor(there).expand(20_000, 3)
        seen = encoder.features({"values": values, "mask": mask}) * mask
        found = torch.cov(encoder.innovations(seen, mask)[0].T).detach()
        assert torch.allclose(found, torch.diag(torch.tensor(there).float()), atol=0.05)


def test_the_loss_is_the_cross_entropy_of_the_softmax_over_bins():
    model = standardised(n_subsets=0)
    batch = batch_of(200)
    batch["mask"][:, 4] = True
    batch["target"] = torch.linspace(-1.2, 2.2, 200)  # beyond the first bin and the last, too
    loss = model.loss_terms(batch, generator=torch.Generator())["cross_entropy"]
    log_p = model.log_probabilities(batch).gather(1, model.bin_of(batch["target"])[:, None])[:, 0]
    assert torch.allclose(loss, -log_p, atol=1e-4)
    assert model.log_probabilities(batch).exp().sum(1).allclose(torch.ones(200), atol=1e-5)


def test_random_subsets_are_never_empty_hold_nothing_that_is_absent_and_come_in_all_kinds():
    there = torch.ones(4000, 5, dtype=torch.bool)
    there[:1000, :2] = False
    generator = torch.Generator().manual_seed(0)
    drawn = torch.cat([random_subsets(there, GROUPS, generator) for _ in range(10)])
    assert drawn.any(1).all()
    assert not (drawn & ~there.repeat(10, 1)).any()
    counts = drawn.reshape(10, 4000, 5)[:, 1000:].sum(-1)
    assert all((counts == k).float().mean() > 0.01 for k in range(1, 6))


def test_calibration_finds_the_temperature_of_an_answer_that_is_too_sure():
    rng = np.random.default_rng(0)
    x = rng.normal(size=1500).astype(np.float32)
    y = (x + rng.normal(size=1500)).astype(np.float32)
    model = BinnedPosterior(SubsetEncoder(1, width=16), -8.0, 8.0, 100, groups=[[0]], n_components=1)
    data = {"values": x[:, None], "target": y, "mask": np.ones((1500, 1), bool)}
    batch = {name: torch.from_numpy(part) for name, part in data.items()}
    model.standardise(batch)
    fit(model, data, epochs=12, validation=None, learning_rate=1e-2, threads=1, progress=False)
    model.calibrate(batch)
    fitted = float(model.temperature[1])
    assert fitted == pytest.approx(1.0, abs=0.15)  # the network itself is fitted to a few percent only
    with torch.no_grad():
        model.head.bias[2] -= math.log(2.0)  # half the width: logits four times as steep
    model.calibrate(batch)
    assert float(model.temperature[1]) > 2 * fitted


def test_the_gain_of_a_known_gaussian_channel_is_found():
    rng = np.random.default_rng(1)
    y = rng.normal(size=6000)
    values = np.column_stack([y + 0.5 * rng.normal(size=6000), y + rng.normal(size=6000)])
    data = {"values": values.astype(np.float32), "target": y.astype(np.float32)}
    data["mask"] = np.ones((6000, 2), bool)
    model = BinnedPosterior(SubsetEncoder(2, width=32), -6.0, 6.0, 300, groups=[[0], [1]])
    model.standardise({name: torch.from_numpy(part) for name, part in data.items()})
    seen = {name: part[:4000] for name, part in data.items()}
    fit(model, seen, epochs=6, validation=None, learning_rate=1e-2, threads=1, progress=False)
    test = {name: torch.from_numpy(part[4000:]) for name, part in data.items()}
    entropy = 0.5 * math.log(2 * math.pi * math.e)
    for there, noise in (([True, False], 0.25), ([False, True], 1.0), ([True, True], 0.2)):
        mask = torch.tensor(there).expand(2000, 2)
        log_p = model.log_probabilities(test | {"mask": mask}).gather(
            1, model.bin_of(test["target"])[:, None]
        )
        found = float(log_p.detach().mean()) - math.log(12 / 300) + entropy
        assert found == pytest.approx(0.5 * math.log(1 + 1 / noise), abs=0.06)


def test_an_image_turned_by_a_right_angle_has_the_same_apertures():
    encoder = ImageEncoder(SIDE, widths=(1.0, 2.0, 4.0))
    images = torch.randn(3, SIDE, SIDE, generator=torch.Generator().manual_seed(0))
    seen = encoder(images)[:, :6]
    for seed in range(8):
        again = encoder(turned(images, torch.Generator().manual_seed(seed)))[:, :6]
        assert torch.allclose(seen, again, atol=1e-4)


def test_apertures_know_flux_as_well_as_its_noise_allows():
    flux, place = torch.logspace(1.5, 3.5, 50), torch.arange(SIDE) - (SIDE - 1) / 2
    shape = torch.exp(-(place[:, None] ** 2 + place**2) / 8)
    images = flux[:, None, None] * shape / shape.sum()
    seen = ImageEncoder(SIDE, widths=(2.0,))(images)[:, 0].detach()
    # asinh of a sum under the weights that match: log(2 f |w|), |w| the norm of the shape.
    expected = torch.asinh(flux * shape.norm() / shape.sum())
    assert torch.allclose(seen, expected, atol=1e-4)


def test_weights_come_back_as_they_were(tmp_path):
    model, batch = standardised(), batch_of()
    batch["mask"][:, 0] = True
    path = save_weights(model, tmp_path / "small.safetensors")
    assert torch.equal(load_model(path).log_probabilities(batch), model.log_probabilities(batch))
