"""Torch modules: gradients along lines against closed forms and fine sums; coalitions by definition."""

import numpy as np
import pytest
import torch
from torch import nn

from astrokit.errors import ParameterError
from astrokit.explain.shapley import shapley
from tests.truth.coalitions import against_background, interactions_of, values_of


@pytest.fixture(autouse=True)
def one_thread():
    """Threads that wait for each other on a busy machine make small networks a hundred times slower."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


RNG = np.random.default_rng(0)
ROWS, BACKGROUND = RNG.normal(size=(5, 3)), RNG.normal(size=(40, 3))


class Formula(nn.Module):
    """A function of the columns of its input."""

    def __init__(self, formula, dtype=torch.float64):
        super().__init__()
        self.formula = formula
        self.register_buffer("like", torch.zeros(1, dtype=dtype))

    def forward(self, x):
        return self.formula(*x.T)


def layers(activation, n_outputs=1, dtype=torch.float64):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return nn.Sequential(
            nn.Linear(3, 32), activation, nn.Linear(32, 32), activation, nn.Linear(32, n_outputs)
        ).to(dtype)


def answer_of(model):
    dtype = next(iter(model.state_dict().values())).dtype

    def answer(rows):
        with torch.no_grad():
            found = model(torch.tensor(rows, dtype=dtype))
        return found.reshape(len(rows), -1).double().numpy()

    return answer


def exact(model, rows=ROWS, background=BACKGROUND):
    return np.array([values_of(against_background(answer_of(model), row, background)) for row in rows])


def test_a_product_of_independent_inputs_is_shared_in_halves():
    """For x1 x2 and a background of mean 0 in both and no correlation, each gets half of the product."""
    background = np.array([[a, b, 0.0] for a in (-1, 1) for b in (-2, 2)])
    found = shapley(Formula(lambda a, b, c: a * b), ROWS, background=background)
    half = ROWS[:, 0] * ROWS[:, 1] / 2
    np.testing.assert_allclose(found.values, np.stack([half, half, 0 * half], 1), atol=1e-12)


@pytest.mark.parametrize(
    "formula",
    [lambda a, b, c: torch.exp(a) + b.sin() - 2 * c, lambda a, b, c: a * b * c - 3 * b * c + a],
    ids=["a sum", "products of different features"],
)
def test_lines_give_shapley_values_where_no_feature_is_bent_in_company(formula):
    model = Formula(formula)
    np.testing.assert_allclose(
        shapley(model, ROWS, background=BACKGROUND).values, exact(model)[..., 0], atol=1e-4
    )


def test_lines_and_coalitions_differ_where_a_feature_is_bent_in_company():
    """From 0 to (x1, x2), lines give x1^2 x2 shares of 2/3 and 1/3, coalitions halves."""
    model, rows, zero = Formula(lambda a, b, c: a * a * b), np.array([[2.0, 3.0, 1.0]]), np.zeros((1, 3))
    along = shapley(model, rows, background=zero)
    np.testing.assert_allclose(along.values, [[8, 4, 0]], atol=1e-10)
    coalitions = shapley(model, rows, background=zero, kind="interventional")
    np.testing.assert_allclose(coalitions.values, [[6, 6, 0]], atol=1e-10)


@pytest.mark.parametrize("activation", [nn.ReLU(), nn.Tanh(), nn.GELU()], ids=lambda a: type(a).__name__)
def test_gradients_agree_with_a_very_fine_sum_along_the_lines(activation):
    model = layers(activation)
    found = shapley(model, ROWS, background=BACKGROUND)
    steps = (np.arange(4000) + 0.5) / 4000
    fine = np.zeros_like(ROWS)
    for k, row in enumerate(ROWS):
        for start in BACKGROUND:
            points = torch.tensor(start + steps[:, None] * (row - start), requires_grad=True)
            (slope,) = torch.autograd.grad(model(points).sum(), points)
            fine[k] += (row - start) * slope.numpy().mean(0) / len(BACKGROUND)
    scale = np.ptp(answer_of(model)(ROWS))
    assert np.abs(found.error).max() < 1e-4 * scale
    np.testing.assert_allclose(found.values, fine, atol=3e-4 * scale)


def test_one_row_is_held_to_the_distance_of_its_answer_from_the_base_value():
    found = shapley(layers(nn.ReLU()), ROWS[:1], background=BACKGROUND)
    assert 0 < np.abs(found.error).max() < 1e-4 * np.abs(found.values.sum())


def test_several_outputs_in_float32_add_up_each():
    model = layers(nn.ReLU(), 3, torch.float32)
    found = shapley(model, ROWS, background=BACKGROUND)
    assert found.output_names == ("0", "1", "2")
    mean, answers = answer_of(model)(BACKGROUND).mean(0), answer_of(model)(ROWS)
    np.testing.assert_allclose(found.base_value, mean, rtol=1e-6)
    np.testing.assert_allclose(found.base_value + found.values.sum(1), answers, atol=1e-4 * np.ptp(answers))


def test_coalitions_give_values_and_interactions_by_their_definition():
    model = layers(nn.ReLU(), 2)
    found = shapley(model, ROWS, background=BACKGROUND, kind="interventional", interactions=True)
    np.testing.assert_allclose(found.values, exact(model), atol=1e-12)
    pairs = [interactions_of(against_background(answer_of(model), row, BACKGROUND)) for row in ROWS]
    np.testing.assert_allclose(found.interactions, pairs, atol=1e-12)
    np.testing.assert_allclose(found.interactions.sum(2), found.values, atol=1e-12)


def test_a_network_is_explained_in_evaluation_mode_and_left_as_it_was():
    model = nn.Sequential(nn.Linear(3, 8), nn.Dropout(0.5), nn.ReLU(), nn.Linear(8, 1)).train()
    model[0].eval()
    state = torch.random.get_rng_state()
    found = shapley(model, ROWS, background=BACKGROUND)
    assert np.abs(found.error).max() < 1e-4
    assert [part.training for part in model] == [False, True, True, True]
    assert torch.equal(torch.random.get_rng_state(), state)
    assert all(parameter.grad is None for parameter in model.parameters())


def test_an_answer_that_jumps_is_refused_since_gradients_do_not_see_the_jump():
    with pytest.raises(ParameterError, match="additivity"):
        shapley(Formula(lambda a, b, c: (a > 0).double() + b), ROWS, background=BACKGROUND)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"background": None}, "background"),
        ({"data": np.full((2, 3), np.nan)}, "2 rows"),
        ({"data": np.zeros((2, 4)), "background": np.zeros((2, 4))}, "cannot be multiplied"),
        ({"background": np.zeros((2, 4))}, "same features"),
        ({"interactions": True}, "interventional"),
        ({"model": Formula(lambda a, b, c: a / 0)}, "finite"),
        ({"model": Formula(lambda a, b, c: a.detach())}, "gradients"),
        (
            {
                "model": Formula(lambda *columns: sum(columns)),
                "data": np.zeros((2, 13)),
                "background": np.zeros((2, 13)),
                "kind": "interventional",
            },
            "at most 12",
        ),
    ],
)
def test_what_cannot_be_explained_gets_one_clear_error(change, message):
    arguments = {"model": layers(nn.ReLU()), "data": ROWS, "background": BACKGROUND, **change}
    with pytest.raises(ParameterError, match=message):
        shapley(arguments.pop("model"), arguments.pop("data"), **arguments)
