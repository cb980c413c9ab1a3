"""What every encoder promises: what was not observed has no influence; a set has no order."""

import json

import numpy as np
import pytest
import torch

from astrokit.errors import ParameterError
from astrokit.models import (
    AttentionDecoder,
    AttentionEncoder,
    Classifier,
    GaussianLikelihood,
    HistogramEncoder,
    HistogramLikelihood,
    PoissonLikelihood,
    RecurrentEncoder,
    TransformerAutoencoder,
    VariationalAutoencoder,
    VectorDecoder,
    VectorEncoder,
)
from astrokit.models.attention import Attention
from astrokit.models.model import build
from astrokit.models.positions import FourierPositions

N, N_POINTS = 4, 12
SPAN = (0.0, 10.0)


def points(seed=0):
    rng = np.random.default_rng(seed)
    arrays = {
        "values": rng.normal(size=(N, N_POINTS)),
        "errors": rng.uniform(0.1, 1.0, (N, N_POINTS)),
        "positions": np.sort(rng.uniform(*SPAN, (N, N_POINTS)), axis=1),
    }
    batch = {name: torch.from_numpy(part) for name, part in arrays.items()}
    mask = torch.from_numpy(rng.random((N, N_POINTS)) > 0.4)
    mask[-1] = False  # a sample of which nothing was observed
    return batch | {"mask": mask}


def point_encoders():
    return {
        "vector": VectorEncoder(N_POINTS, 8, masked=True),
        "vector that does not see the mask": VectorEncoder(N_POINTS, 8),
        "attention": AttentionEncoder(SPAN, width=8, with_errors=True),
        "recurrent": RecurrentEncoder(8, with_errors=True),
    }


@pytest.mark.parametrize("name", list(point_encoders()))
def test_a_masked_point_has_no_influence_whatever_stands_there(name):
    encoder, batch = point_encoders()[name].double(), points()
    answers, gradients = [], []
    for rubbish in (0.5, float("nan"), float("inf")):
        spoiled = {
            key: torch.where(batch["mask"], part, rubbish) for key, part in batch.items() if key != "mask"
        }
        encoder.zero_grad()
        answer = encoder(spoiled | {"mask": batch["mask"]})
        answer.sum().backward()
        answers.append(answer.detach())
        gradients.append(torch.cat([weight.grad.flatten() for weight in encoder.parameters()]))
    assert torch.isfinite(answers[0]).all()
    assert torch.isfinite(gradients[0]).all()
    for answer, gradient in zip(answers[1:], gradients[1:], strict=True):
        torch.testing.assert_close(answer, answers[0], rtol=0, atol=0)
        torch.testing.assert_close(gradient, gradients[0], rtol=0, atol=0)
    changed = encoder(batch | {"values": batch["values"] + 1.0})
    assert (changed - answers[0]).abs().amax(1)[:-1].min() > 1e-3  # observed points do have influence


@pytest.mark.parametrize("name", ["attention", "recurrent"])
def test_points_that_pad_a_sample_have_no_influence(name):
    encoder, batch = point_encoders()[name].double(), points()
    padded = {key: torch.cat([part, torch.zeros(N, 5, dtype=part.dtype)], 1) for key, part in batch.items()}
    torch.testing.assert_close(encoder(padded), encoder(batch), rtol=1e-10, atol=1e-12)


def test_the_order_of_points_changes_nothing_for_attention():
    encoder, batch = point_encoders()["attention"].double(), points()
    order = np.random.default_rng(0).permutation(N_POINTS)
    shuffled = {key: part[:, order] for key, part in batch.items()}
    torch.testing.assert_close(encoder(shuffled), encoder(batch), rtol=1e-10, atol=1e-12)
    apart = batch | {
        "positions": shuffled["positions"]
    }  # the positions alone shuffled are another observation
    assert (encoder(apart) - encoder(batch)).abs()[:-1].max() > 1e-3


def test_the_order_of_times_matters_to_the_recurrent_one():
    encoder, batch = RecurrentEncoder(8).double(), points()
    backwards = batch | {"values": batch["values"].flip(1), "mask": batch["mask"].flip(1)}
    assert (encoder(backwards) - encoder(batch)).abs()[:-1].max() > 1e-3


def test_the_recurrent_one_is_torchs_unit_over_what_was_observed():
    encoder, batch = RecurrentEncoder(8, time_scale=2.0).double(), points()
    seen = batch["mask"][0]
    times, values = batch["positions"][0][seen], batch["values"][0][seen]
    waits = torch.log1p(torch.diff(times, prepend=times[:1]) / 2.0)
    _, state = encoder.unit(torch.stack([waits, values], 1)[None])
    torch.testing.assert_close(encoder(batch)[0], state[-1, 0])


def test_a_histogram_column_without_data_has_no_influence():
    encoder = HistogramEncoder((20, 10), 8).double()
    values = torch.from_numpy(np.random.default_rng(0).dirichlet(np.ones(20), (3, 10)).swapaxes(1, 2))
    mask = torch.ones(3, 10, dtype=torch.bool)
    mask[:, 4], mask[2] = False, False
    answers = []
    for rubbish in (0.0, 7.0, float("nan")):
        spoiled = torch.where(mask[:, None], values, rubbish)
        answers.append(encoder({"values": spoiled, "mask": mask}))
    assert torch.isfinite(answers[0]).all()
    assert all((answer == answers[0]).all() for answer in answers)
    assert (encoder({"values": values}) - answers[0]).abs().max() > 1e-3


def test_attention_that_is_shown_is_the_attention_that_is_used():
    attention, rng = Attention(8, 2).double(), np.random.default_rng(0)
    asking, asked = (torch.from_numpy(rng.normal(size=(3, n, 8))) for n in (4, 6))
    mask = torch.from_numpy(rng.random((3, 6)) > 0.3)
    weights = attention.weights(asking, asked, mask)
    torch.testing.assert_close(weights.sum(-1), torch.ones(3, 2, 4, dtype=torch.float64))
    assert (weights.transpose(1, 3)[~mask] == 0).all()
    values = attention._split(attention.key_and_value(asked).chunk(2, -1)[1])
    answer = attention.out((weights @ values).transpose(1, 2).flatten(2))
    torch.testing.assert_close(answer, attention(asking, asked, mask))


def test_attention_of_an_encoder_has_one_array_a_layer_and_no_look_at_masked_points():
    encoder, batch = AttentionEncoder(SPAN, width=8, n_heads=2, n_layers=3).double(), points()
    layers = encoder.attention(batch)
    assert [tuple(layer.shape) for layer in layers] == [(N, 2, 1 + N_POINTS, 1 + N_POINTS)] * 3
    assert all((layer.transpose(1, 3)[:, 1:][~batch["mask"]] == 0).all() for layer in layers)
    assert (layers[0][-1, :, 0, 0] == 1).all()  # of an empty sample the summary sees itself alone


def test_what_a_decoder_answers_at_a_place_depends_on_no_other_place():
    decoder = AttentionDecoder(3, SPAN, width=8).double()
    latents = torch.from_numpy(np.random.default_rng(0).normal(size=(2, 3)))
    grid = torch.linspace(0, 10, 9, dtype=torch.float64)[None]
    whole, part = (decoder(latents, {"positions": places}) for places in (grid, grid[:, [7, 2]]))
    torch.testing.assert_close(whole[:, [7, 2]], part)
    assert (decoder(latents + 1, {"positions": grid}) - whole).abs().max() > 1e-3


def test_both_ends_of_a_phase_are_one_place():
    place = FourierPositions((0.0, 1.0), 6, periodic=True).double()
    torch.testing.assert_close(place(torch.zeros(1, 1)), place(torch.ones(1, 1)), atol=1e-5, rtol=0)
    straight = FourierPositions((0.0, 1.0), 6)
    assert (straight(torch.zeros(1, 1)) - straight(torch.ones(1, 1))).abs().max() > 1


def test_first_weights_come_from_the_random_state_and_torchs_own_is_left_alone():
    before = torch.get_rng_state()
    pairs = zip(point_encoders().values(), point_encoders().values(), strict=True)
    for one, other in pairs:
        for a, b in zip(one.parameters(), other.parameters(), strict=True):
            assert (a == b).all()
    other = AttentionEncoder(SPAN, width=8, random_state=1)
    assert (other.token.weight != AttentionEncoder(SPAN, width=8).token.weight).any()
    assert (torch.get_rng_state() == before).all()


def whole_models():
    encoder = HistogramEncoder((20, 10), 16)
    return [
        VariationalAutoencoder(encoder, VectorDecoder(3, (20, 10)), HistogramLikelihood(30.0), n_latent=3),
        TransformerAutoencoder(PoissonLikelihood(), SPAN, width=8, hidden_share=0.3),
        Classifier(RecurrentEncoder(8, time_scale=3.0), 4, class_weights=[1, 2, 3, 4]),
        VariationalAutoencoder(
            AttentionEncoder((0.0, 1.0), width=8, periodic=True),
            AttentionDecoder(5, (0.0, 1.0), width=8, periodic=True),
            GaussianLikelihood(n_scatters=1),
            n_latent=5,
            beta=2.0,
        ),
    ]


@pytest.mark.parametrize("number", range(len(whole_models())))
def test_a_model_is_made_again_from_its_config_in_plain_text(number):
    import astrokit.models as room

    model = whole_models()[number]
    kinds = {name: getattr(room, name) for name in room.__all__}
    again = build(json.loads(json.dumps(model.config)), kinds)
    assert again.config == model.config
    shapes = [{name: part.shape for name, part in each.state_dict().items()} for each in (model, again)]
    assert shapes[0] == shapes[1]


def test_only_known_classes_are_made():
    with pytest.raises(ParameterError, match=r"one of MLP, got 'os.system'"):
        build({"kind": "os.system", "command": "true"}, {"MLP": VectorEncoder})
    with pytest.raises(ParameterError, match="arguments of VectorEncoder"):
        build({"kind": "VectorEncoder", "n_planets": 3}, {"VectorEncoder": VectorEncoder})


def test_hidden_points_are_drawn_from_the_generator_and_the_loss_asks_for_all():
    model, batch = (
        TransformerAutoencoder(GaussianLikelihood(), SPAN, width=8, hidden_share=0.5).double(),
        points(),
    )
    losses = [
        model.loss_terms(batch, generator=torch.Generator().manual_seed(seed))["reconstruction"].detach()
        for seed in (0, 0, 1)
    ]
    assert (losses[0] == losses[1]).all()
    assert (losses[0] != losses[2])[:-1].all()
    assert losses[0][-1] == 0  # nothing observed, nothing to explain


def test_a_classifier_costs_the_weighted_log_probability_of_the_label():
    model = Classifier(VectorEncoder(N_POINTS, 8), 3, class_weights=[1.0, 2.0, 5.0]).double()
    batch = {"values": points()["values"], "label": torch.tensor([0, 1, 2, 2])}
    log_p = model.log_probabilities(batch)[range(4), batch["label"]]
    expected = -log_p * torch.tensor([1.0, 2.0, 5.0, 5.0])
    torch.testing.assert_close(
        model.loss_terms(batch, generator=torch.Generator())["cross_entropy"], expected
    )


def test_shapes_that_cannot_be_are_told():
    with pytest.raises(ParameterError, match="a multiple of 3 heads, got 8"):
        Attention(8, 3)
    with pytest.raises(ParameterError, match=r"low < high, got \(5.0, 1.0\)"):
        AttentionEncoder((5, 1))
    with pytest.raises(ParameterError, match="3 numbers, got 2"):
        Classifier(VectorEncoder(4), 3, class_weights=[1.0, 2.0])
    with pytest.raises(ParameterError, match=r"in \[0, 1\), got 1"):
        TransformerAutoencoder(GaussianLikelihood(), SPAN, hidden_share=1)
