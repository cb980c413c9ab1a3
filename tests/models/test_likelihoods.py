"""Each likelihood against scipy's, its gradient at the truth, and what is behind a mask."""

import numpy as np
import pytest
import torch
from scipy import stats

from astrokit.errors import ParameterError
from astrokit.models import GaussianLikelihood, HistogramLikelihood, PoissonLikelihood

NAN = float("nan")


def drawn(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def tensors(**arrays):
    return {name: torch.as_tensor(part, dtype=torch.float64) for name, part in arrays.items()}


def test_gaussian_is_scipys_normal_with_errors_and_scatter_in_quadrature():
    values, mean, errors = drawn(5, 7), drawn(5, 7, seed=1), np.exp(drawn(5, 7, seed=2))
    batch, output = tensors(values=values, errors=errors), torch.from_numpy(mean)
    expected = -stats.norm(mean, errors).logpdf(values).sum(1)
    np.testing.assert_allclose(GaussianLikelihood()(output, batch), expected)
    likelihood = GaussianLikelihood(n_scatters=7).double()
    wide = np.hypot(errors, likelihood.scatter.numpy())
    expected = -stats.norm(mean, wide).logpdf(values).sum(1)
    np.testing.assert_allclose(likelihood(output, batch).detach(), expected)


def test_a_learned_scatter_is_most_likely_at_the_truth():
    rng = np.random.default_rng(0)
    errors = rng.uniform(0.1, 1.0, (4000, 1))
    batch = tensors(values=rng.normal(0, np.hypot(errors, 0.7)), errors=errors)
    likelihood = GaussianLikelihood(n_scatters=1).double()
    grid = np.linspace(0.5, 0.9, 41)
    costs = []
    for scatter in grid:
        likelihood.log_variance.data.fill_(2 * np.log(scatter))
        costs.append(likelihood(torch.zeros(4000, 1), batch).sum().item())
    # The error of a scatter from n values with errors alike is about scatter / sqrt(2 n) * (1 + e^2 / s^2).
    assert abs(grid[np.argmin(costs)] - 0.7) < 0.04


def test_poisson_is_scipys_with_exposure_and_background():
    rng = np.random.default_rng(0)
    log_rate, exposure, background = drawn(6, 9), rng.uniform(0.1, 30, (6, 1)), rng.uniform(0, 3, (6, 9))
    counts = rng.poisson(np.exp(log_rate) * exposure + background)
    batch = tensors(counts=counts, exposure=exposure, background=background)
    expected = -stats.poisson(np.exp(log_rate) * exposure + background).logpmf(counts).sum(1)
    np.testing.assert_allclose(PoissonLikelihood()(torch.from_numpy(log_rate), batch), expected)


def test_the_gradient_of_poisson_is_zero_where_what_is_expected_is_what_came():
    counts = torch.tensor([[3.0, 250.0, 1.0]], dtype=torch.float64)
    background = torch.tensor([[0.5, 10.0, 0.2]], dtype=torch.float64)
    batch = {"counts": counts, "exposure": torch.full((1, 1), 20.0), "background": background}
    log_rate = ((counts - background) / 20).log().requires_grad_()
    PoissonLikelihood()(log_rate, batch).sum().backward()
    np.testing.assert_allclose(log_rate.grad, 0.0, atol=1e-12)


def test_nothing_expected_and_nothing_seen_costs_nothing():
    nothing = {"counts": torch.zeros(1, 4), "exposure": torch.zeros(1, 1)}
    assert PoissonLikelihood()(torch.zeros(1, 4), nothing).tolist() == pytest.approx([0.0], abs=1e-12)


def test_deviance_is_a_chi_square_for_many_counts():
    rng = np.random.default_rng(0)
    expected = rng.uniform(200, 400, (300, 20))
    batch = {"counts": torch.from_numpy(rng.poisson(expected).astype(float))}
    deviance = PoissonLikelihood().deviance(torch.from_numpy(np.log(expected)), batch)
    assert deviance.mean().item() == pytest.approx(20, abs=4 * np.sqrt(40 / 300))
    assert PoissonLikelihood().deviance(batch["counts"].log(), batch).abs().max() < 1e-8


def test_histogram_is_scipys_multinomial_up_to_what_the_data_alone_decide():
    rng = np.random.default_rng(0)
    counts = np.moveaxis(rng.multinomial(40, [0.25] * 4, (3, 2)), 2, 1)  # (3, 4, 2)
    batch = {"values": torch.from_numpy(counts / 40)}
    outputs = [torch.from_numpy(drawn(3, 4, 2, seed=seed)) for seed in (0, 1)]
    ours, theirs = [], []
    for output in outputs:
        ours.append(HistogramLikelihood(40.0)(output, batch))
        shares = output.softmax(1).numpy()
        columns = [stats.multinomial(40, shares[..., k]).logpmf(counts[..., k]) for k in range(2)]
        theirs.append(-np.sum(columns, axis=0))
    np.testing.assert_allclose(ours[0] - ours[1], theirs[0] - theirs[1])


def test_the_gradient_of_a_histogram_is_zero_at_the_observed_shares():
    shares = torch.from_numpy(drawn(2, 5, 3)).softmax(1)
    output = shares.log().requires_grad_()
    HistogramLikelihood()(output, {"values": shares}).sum().backward()
    np.testing.assert_allclose(output.grad, 0.0, atol=1e-12)


@pytest.mark.parametrize(
    ("likelihood", "arrays"),
    [
        (GaussianLikelihood(), ("values", "errors")),
        (GaussianLikelihood(n_scatters=1), ("values", "errors")),
        (PoissonLikelihood(), ("counts", "exposure", "background")),
    ],
)
def test_what_is_behind_the_mask_changes_neither_loss_nor_gradient(likelihood, arrays):
    rng = np.random.default_rng(0)
    clean = {name: torch.from_numpy(rng.uniform(1, 3, (2, 4))) for name in arrays}
    mask = torch.tensor([[True, True, False, True], [True, False, False, False]])
    results = []
    for rubbish in (2.0, NAN, float("inf")):
        output = torch.ones(2, 4, dtype=torch.float64, requires_grad=True)
        batch = {name: torch.where(mask, part, rubbish) for name, part in clean.items()}
        loss = likelihood(output, batch | {"mask": mask})
        loss.sum().backward()
        results.append((loss.detach().numpy(), output.grad.numpy()))
    for loss, gradient in results[1:]:
        np.testing.assert_array_equal(loss, results[0][0])
        np.testing.assert_array_equal(gradient, results[0][1])
    assert (results[0][1][~mask.numpy()] == 0).all()


def test_a_histogram_column_without_data_costs_nothing():
    shares = torch.from_numpy(drawn(1, 4, 2)).softmax(1)
    shares[..., 1] = NAN
    batch = {"values": shares, "mask": torch.tensor([[True, False]])}
    output = torch.from_numpy(drawn(1, 4, 2, seed=1)).requires_grad_()
    both = HistogramLikelihood()(output, batch)
    first = HistogramLikelihood()(output[..., :1], {"values": shares[..., :1]})
    assert both.item() == pytest.approx(first.item())
    both.sum().backward()
    assert (output.grad[..., 1] == 0).all()


def test_what_a_batch_lacks_is_told():
    with pytest.raises(ParameterError, match=r"an array 'errors'.*got values"):
        GaussianLikelihood()(torch.zeros(1, 2), {"values": torch.zeros(1, 2)})
    with pytest.raises(ParameterError, match="an array 'counts', got no arrays"):
        PoissonLikelihood()(torch.zeros(1, 2), {})
    batch = {"values": torch.zeros(1, 2), "errors": torch.ones(1, 2), "mask": torch.ones(1, 3)}
    with pytest.raises(ParameterError, match=r"\(1, 2\), got \(1, 3\)"):
        GaussianLikelihood()(torch.zeros(1, 2), batch)
