"""What a fit learns, what it leaves alone, what it says."""

import random

import numpy as np
import pytest
import torch
from torch import nn

from astrokit.errors import DataError, ParameterError
from astrokit.models import Classifier, Model, VectorEncoder
from astrokit.progress import listening
from astrokit.training import apply, fit, weights_hash
from tests.training.small_fit import made_data, made_model

QUICK = {"epochs": 3, "batch_size": 32, "threads": 1, "progress": False}


def test_the_same_seed_and_one_thread_give_the_same_weights_and_another_seed_others(data):
    hashes = [fit(made_model(), data, **QUICK, random_state=seed).weights_hash for seed in (0, 0, 1)]
    assert hashes[0] == hashes[1] != hashes[2]


def test_chance_outside_does_not_come_in(data):
    hashes = []
    for seed in (0, 1):
        torch.manual_seed(seed)
        np.random.seed(seed)  # noqa: NPY002
        hashes.append(fit(made_model(), data, **QUICK).weights_hash)
    assert hashes[0] == hashes[1]


def test_global_random_states_and_threads_are_as_before(model, data):
    threads = torch.get_num_threads()
    states = torch.get_rng_state(), np.random.get_state()[1].copy(), random.getstate()  # noqa: NPY002
    for wanted in (1, 2, None):
        fit(model, data, **QUICK | {"threads": wanted})
        assert torch.get_num_threads() == threads
    assert (torch.get_rng_state() == states[0]).all()
    assert (np.random.get_state()[1] == states[1]).all()  # noqa: NPY002
    assert random.getstate() == states[2]


def test_they_are_as_before_after_an_error_too(model, data):
    threads, before = torch.get_num_threads(), torch.get_rng_state()

    def interrupt(what, done, total):
        if done == 4:
            raise KeyboardInterrupt

    with listening(interrupt), pytest.raises(KeyboardInterrupt):
        fit(model, data, **QUICK | {"threads": 1 if threads > 1 else 2})
    assert torch.get_num_threads() == threads
    assert (torch.get_rng_state() == before).all()


def test_torchs_own_dropout_is_seeded_too(data):
    class Dropped(Model):
        def __init__(self):
            super().__init__()
            self.layers = nn.Sequential(nn.Dropout(0.5), made_linear())

        def loss_terms(self, batch, *, generator):
            return {"squares": (self.layers(batch["values"]) - batch["values"]).square().sum(1)}

    hashes = []
    for seed in (0, 1):
        torch.manual_seed(seed)
        hashes.append(fit(Dropped(), data, **QUICK).weights_hash)
    assert hashes[0] == hashes[1]


def made_linear():
    layer = nn.Linear(5, 5)
    nn.init.eye_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer


def test_losses_are_means_over_samples_and_terms_add_up(model, data):
    history = fit(model, data, **QUICK | {"batch_size": 64}, validation=made_data(90, seed=1))
    table = history.table
    assert table.index.tolist() == [0, 1, 2]
    np.testing.assert_allclose(table["reconstruction"] + table["kl"], table["loss"])
    assert table["loss"].is_monotonic_decreasing
    assert history.best_epoch == table["validation_loss"].idxmin()
    assert "3 epochs, best 2" in repr(history)
    # The last batch of 90 = 64 + 26 counts by its size. The draws of a validation are those of the seed.
    arrays = {name: torch.from_numpy(part) for name, part in made_data(90, seed=1).items()}
    generator = torch.Generator().manual_seed(history.seed)
    with torch.no_grad():
        parts = [
            sum(model.loss_terms(batch, generator=generator).values())
            for batch in (
                {name: part[rows] for name, part in arrays.items()} for rows in (slice(64), slice(64, 90))
            )
        ]
    assert torch.cat(parts).mean().item() == pytest.approx(table["validation_loss"].iloc[-1], rel=1e-5)


def test_a_fit_stops_when_validation_no_longer_improves_and_keeps_the_best_weights():
    few, others = made_data(24), made_data(400, seed=3)
    model = made_model()
    history = fit(
        model, few, epochs=400, batch_size=24, validation=others, patience=5, learning_rate=0.02, threads=1
    )
    losses = history.table["validation_loss"]
    assert history.stopped == "patience"
    assert len(losses) < 400
    assert history.best_epoch == losses.idxmin() == len(losses) - 6
    shorter = made_model()
    options = {"validation": others, "learning_rate": 0.02, "threads": 1}
    fit(shorter, few, epochs=history.best_epoch + 1, batch_size=24, **options)
    assert weights_hash(shorter) == weights_hash(model) == history.weights_hash


def test_a_classifier_reaches_what_bayes_allows():
    rng = np.random.default_rng(0)
    label = rng.integers(2, size=4000)
    data = {"values": rng.normal(np.where(label, 0.7, -0.7)[:, None], 1.0, (4000, 2)), "label": label}
    model = Classifier(VectorEncoder(2, 8, hidden=(8,)), 2)
    fit(model, data, epochs=5, batch_size=64, learning_rate=0.01, threads=1, progress=False)
    assert not model.training
    found = apply(model.log_probabilities, data, batch_size=999).argmax(1)
    from scipy.stats import norm

    best = norm.cdf(0.7 * np.sqrt(2))  # .839, with a standard error of .006
    assert (found == label).mean() > best - 0.02


def test_cosine_rises_and_falls_to_nothing(model, data):
    history = fit(model, data, **QUICK | {"epochs": 20}, learning_rate=0.01, schedule="cosine")
    rates = history.table["learning_rate"]
    assert rates.iloc[0] == pytest.approx(0.01, rel=0.01)
    assert rates.is_monotonic_decreasing
    assert rates.iloc[-1] == 0


def test_a_large_gradient_is_clipped(data):
    class Steep(Model):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.zeros(1))
            self.seen = []
            self.weight.register_post_accumulate_grad_hook(lambda weight: self.seen.append(weight.grad))

        def loss_terms(self, batch, *, generator):
            return {"steep": 1e6 * self.weight.expand(len(batch["values"]))}

    for clip_norm, expected in ((None, 1e6), (0.5, 0.5)):
        model = Steep()
        fit(model, data, **QUICK | {"epochs": 1}, clip_norm=clip_norm)
        assert model.seen[-1].item() == pytest.approx(expected, rel=1e-4)


def test_weights_that_are_frozen_stay(model, data):
    model.encoder.requires_grad_(False)
    before, decoder = weights_hash(model.encoder), weights_hash(model.decoder)
    fit(model, data, **QUICK)
    assert weights_hash(model.encoder) == before
    assert weights_hash(model.decoder) != decoder


def test_double_precision_is_kept(data):
    model = made_model().double()
    fit(model, data, **QUICK)
    assert {weight.dtype for weight in model.parameters()} == {torch.float64}


def test_nothing_is_said_and_nothing_is_written(model, data, capfd, tmp_path, monkeypatch, recwarn):
    monkeypatch.chdir(tmp_path)
    fit(model, data, **QUICK)
    said = capfd.readouterr()
    assert said.out == said.err == ""
    assert list(tmp_path.iterdir()) == []
    assert [str(warning.message) for warning in recwarn] == []


def test_a_listener_hears_every_batch(model, data):
    heard = []
    with listening(lambda what, done, total: heard.append((what, done, total))):
        fit(model, data, **QUICK)
    assert heard[-1] == ("training", 18, 18)
    assert [done for _, done, _ in heard] == [0, *range(19)]


def test_a_bar_is_drawn_in_a_terminal(model, data, capfd, monkeypatch):
    from astrokit import progress

    monkeypatch.delenv("ASTROKIT_RECORD", raising=False)
    real = progress.Progress.__init__
    delays = []

    def patient(self, *args, **options):
        real(self, *args, **options)
        delays.append(self._bar)

    monkeypatch.setattr(progress.Progress, "__init__", patient)
    fit(model, data, **QUICK | {"progress": True})
    fit(model, data, **QUICK | {"progress": False})
    monkeypatch.setenv("ASTROKIT_RECORD", "record.jsonl")
    fit(model, data, **QUICK | {"progress": True})
    assert [bar is not None for bar in delays] == [True, False, False]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"epochs": 0}, ["epochs", "1 or more", "0"]),
        ({"batch_size": 0}, ["batch_size", "1 or more", "0"]),
        ({"learning_rate": -1.0}, ["learning_rate", "above 0", "-1.0"]),
        ({"schedule": "sine"}, ["constant or cosine", "'sine'"]),
        ({"clip_norm": 0.0}, ["clip_norm", "above 0"]),
        ({"validation": 1.0}, ["validation", "[0, 1)", "1.0"]),
        ({"validation": 0.001}, ["both sides of 200", "0.001"]),
        ({"validation": None, "patience": 3}, ["patience", "None where no samples are held out", "3"]),
        ({"patience": 0}, ["patience", "1 or more"]),
    ],
)
def test_arguments_out_of_range_are_told(model, data, options, words):
    with pytest.raises(ParameterError) as told:
        fit(model, data, **QUICK | options)
    assert all(word in str(told.value) for word in words)


def test_data_that_do_not_suit_are_told_before_anything_is_learned(model, data):
    before = weights_hash(model)
    with pytest.raises(ParameterError, match=r"one length.*values: 200, errors: 7"):
        fit(model, data | {"errors": np.ones((7, 5))}, **QUICK)
    with pytest.raises(ParameterError, match="an array 'values', got errors"):
        fit(model, {"errors": data["errors"]}, **QUICK)
    with pytest.raises(ParameterError, match="got no arrays"):
        fit(model, {}, **QUICK)
    with pytest.raises(DataError, match=r"array 'label' of the data.*numbers"):
        fit(model, data | {"label": np.array(["AGN"] * 200)}, **QUICK)
    assert weights_hash(model) == before


def test_a_module_without_a_loss_is_told(data):
    with pytest.raises(ParameterError, match=r"loss_terms\(batch, \*, generator\), got Linear"):
        fit(nn.Linear(5, 5), data, **QUICK)

    class Flat(nn.Linear):
        def loss_terms(self, batch, *, generator):
            return {"flat": self(batch["values"]).mean()}

    with pytest.raises(ParameterError, match=r"shape \(8,\), one number a sample, got {'flat': \(\)}"):
        fit(Flat(5, 5), data, **QUICK)
