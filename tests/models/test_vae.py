"""The variational autoencoder against closed forms: the divergence, and the linear one, which is PCA."""

import numpy as np
import pytest
import torch
from torch.distributions import Normal, kl_divergence

from astrokit.errors import ParameterError
from astrokit.models import (
    DiagonalNormal,
    GaussianLikelihood,
    VariationalAutoencoder,
    VectorDecoder,
    VectorEncoder,
)
from astrokit.training import fit

N_FEATURES, N_LATENT, ERROR = 6, 2, 0.5


def linear_data(n=2000, seed=0):
    rng = np.random.default_rng(seed)
    loadings = rng.normal(size=(N_LATENT, N_FEATURES))
    values = rng.normal(size=(n, N_LATENT)) @ loadings + rng.normal(0, ERROR, (n, N_FEATURES)) + 1.0
    return {"values": values.astype("f4"), "errors": np.full((n, N_FEATURES), ERROR, "f4")}


def linear_model():
    return VariationalAutoencoder(
        VectorEncoder(N_FEATURES, 8, hidden=()),
        VectorDecoder(N_LATENT, (N_FEATURES,), hidden=()),
        GaussianLikelihood(),
        n_latent=N_LATENT,
    )


def highest_evidence(values):
    """Mean log p(x) of probabilistic PCA of known noise at its best (Tipping & Bishop 1999); its axes."""
    found, axes = np.linalg.eigh(np.cov(values.T, bias=True))
    model = np.where(np.arange(N_FEATURES) < N_FEATURES - N_LATENT, ERROR**2, found)
    log_p = -0.5 * (N_FEATURES * np.log(2 * np.pi) + np.log(model).sum() + (found / model).sum())
    return log_p, axes[:, -N_LATENT:]


@pytest.fixture(scope="module")
def fitted():
    data, model = linear_data(), linear_model()
    options = {"learning_rate": 0.02, "schedule": "cosine", "validation": None, "threads": 1}
    fit(model, data, epochs=120, batch_size=200, progress=False, **options)
    return model, data


def test_the_divergence_is_torchs_closed_form():
    rng = np.random.default_rng(0)
    q = DiagonalNormal(torch.from_numpy(rng.normal(size=(5, 3))), torch.from_numpy(rng.normal(size=(5, 3))))
    theirs = kl_divergence(Normal(q.mean, (q.log_variance / 2).exp()), Normal(0.0, 1.0)).sum(1)
    np.testing.assert_allclose(q.kl(), theirs)
    z = q.sample(torch.Generator().manual_seed(0))
    theirs = Normal(q.mean, (q.log_variance / 2).exp()).log_prob(z).sum(1)
    np.testing.assert_allclose(q.log_density(z), theirs)


def test_draws_have_the_mean_and_variance_of_the_posterior():
    q = DiagonalNormal(torch.full((20_000, 1), 2.0), torch.full((20_000, 1), np.log(9.0)))
    draws = q.sample(torch.Generator().manual_seed(0))
    assert draws.mean().item() == pytest.approx(2.0, abs=4 * 3 / np.sqrt(20_000))
    assert draws.std().item() == pytest.approx(3.0, rel=4 / np.sqrt(40_000))


def test_a_linear_one_reaches_the_evidence_of_pca_and_never_more(fitted):
    model, data = fitted
    best, _ = highest_evidence(data["values"])
    batch = {name: torch.from_numpy(part) for name, part in data.items()}
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        bounds = [-sum(model.loss_terms(batch, generator=generator).values()).mean() for _ in range(30)]
    bound = np.mean(bounds)
    # Draws scatter by less than 0.003; adam leaves some 0.01 nats.
    assert best - 0.03 < bound < best + 0.01


def test_a_linear_one_spans_the_principal_axes(fitted):
    model, data = fitted
    _, axes = highest_evidence(data["values"])
    weights = model.decoder.layers.layers[-1].weight.detach().numpy()
    span, _ = np.linalg.qr(weights)
    cosines = np.linalg.svd(span.T @ axes)[1]
    assert np.degrees(np.arccos(cosines.clip(max=1)).max()) < 3


def test_importance_sampling_finds_the_evidence_of_each_sample(fitted):
    model, data = fitted
    batch = {name: torch.from_numpy(part[:50]) for name, part in data.items()}
    weights = model.decoder.layers.layers[-1]
    loadings, offset = weights.weight.detach().double().numpy(), weights.bias.detach().double().numpy()
    covariance = loadings @ loadings.T + ERROR**2 * np.eye(N_FEATURES)
    residual = data["values"][:50] - offset
    squares = (residual * np.linalg.solve(covariance, residual.T).T).sum(1)
    exact = -0.5 * (squares + np.linalg.slogdet(2 * np.pi * covariance)[1])
    found = model.log_evidence(batch, n_draws=300, generator=torch.Generator().manual_seed(0)).numpy()
    np.testing.assert_allclose(found, exact, atol=0.05)


def test_beta_weighs_the_divergence_alone():
    data = {name: torch.from_numpy(part) for name, part in linear_data(20).items()}
    terms = []
    for beta in (1.0, 4.0):
        model = linear_model()
        model.beta = beta
        terms.append(model.loss_terms(data, generator=torch.Generator().manual_seed(0)))
    torch.testing.assert_close(terms[1]["kl"], 4 * terms[0]["kl"])
    torch.testing.assert_close(terms[1]["reconstruction"], terms[0]["reconstruction"])


def test_a_negative_beta_is_refused():
    model = linear_model()
    with pytest.raises(ParameterError, match="beta: expected 0 or more, got -1"):
        VariationalAutoencoder(model.encoder, model.decoder, model.likelihood, n_latent=2, beta=-1)
