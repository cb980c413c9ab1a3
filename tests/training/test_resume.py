"""A fit that was interrupted, wherever it was, ends with the weights of one that was not."""

import numpy as np
import pytest
import torch

from astrokit.errors import DataError, ParameterError
from astrokit.progress import listening
from astrokit.training import fit, weights_hash
from astrokit.training.checkpoint import FILE, only_fit
from tests.training.small_fit import made_data, made_model

OPTIONS = {"epochs": 4, "batch_size": 40, "threads": 1, "progress": False, "checkpoint_s": 0.0}
N_BATCHES = 4 * 5  # 200 samples, 20 of them held out


class StopError(Exception):
    pass


def fit_until(batch, folder, data, **options):
    """Fit, and stop when `batch` batches are done."""

    def stop(what, done, total):
        if done == batch:
            raise StopError

    model = made_model()
    with listening(stop), pytest.raises(StopError):
        fit(model, data, **OPTIONS | options, resume=folder)


def plain(history):
    return [{name: value for name, value in epoch.items() if name != "seconds"} for epoch in history.epochs]


@pytest.fixture(scope="module")
def whole():
    model = made_model()
    history = fit(model, made_data(), **OPTIONS)
    return weights_hash(model), plain(history)


@pytest.mark.parametrize("batch", range(1, N_BATCHES + 1))
def test_stopped_after_any_batch_it_ends_with_the_same_weights_and_history(batch, tmp_path, data, whole):
    fit_until(batch, tmp_path, data)
    # The first checkpoint follows the first batch; from then on a model's own weights are replaced.
    model = made_model(random_state=99 if batch > 1 else 0)
    history = fit(model, data, **OPTIONS, resume=tmp_path)
    assert (weights_hash(model), plain(history)) == whole


def test_stopped_again_and_again_it_ends_the_same(tmp_path, data, whole):
    for batch in range(1, N_BATCHES, 4):
        fit_until(batch, tmp_path, data)
    model = made_model()
    assert plain(fit(model, data, **OPTIONS, resume=tmp_path)) == whole[1]
    assert weights_hash(model) == whole[0]


def test_checkpoints_seldom_written_cost_work_and_no_bit(tmp_path, data, whole, monkeypatch):
    from astrokit.training import fitting

    clock = iter(np.arange(0, 1e6))
    monkeypatch.setattr(fitting.time, "monotonic", lambda: next(clock))  # a second a look
    fit_until(17, tmp_path, data, checkpoint_s=6.0)
    done = []
    with listening(lambda what, n, total: done.append(n)):
        history = fit(made_model(), data, **OPTIONS, resume=tmp_path)
    assert 0 < done[1] < 16
    assert (history.weights_hash, plain(history)) == whole


def test_a_cosine_schedule_and_early_stopping_go_on_too(tmp_path, data):
    options = {"schedule": "cosine", "patience": 2, "learning_rate": 0.05, "epochs": 12}
    once = fit(made_model(), data, **OPTIONS | options)
    fit_until(23, tmp_path, data, **options)
    again = fit(made_model(), data, **OPTIONS | options, resume=tmp_path)
    assert plain(again) == plain(once)
    assert (again.weights_hash, again.stopped) == (once.weights_hash, once.stopped)


def test_a_finished_fit_is_returned_without_another_step(tmp_path, data, whole):
    first = fit(made_model(), data, **OPTIONS, resume=tmp_path)
    heard = []
    with listening(lambda what, done, total: heard.append(done)):
        again = fit(made_model(random_state=1), data, **OPTIONS, resume=tmp_path)
    assert heard == [0, N_BATCHES]
    assert again == first
    assert again.weights_hash == whole[0]


def test_more_epochs_go_on_from_the_last_weights_not_the_best(tmp_path, data):
    fit(made_model(), data, **OPTIONS, resume=tmp_path)
    more = fit(made_model(), data, **OPTIONS | {"epochs": 7}, resume=tmp_path)
    once = fit(made_model(), data, **OPTIONS | {"epochs": 7})
    assert (more.weights_hash, plain(more)) == (once.weights_hash, plain(once))


def test_another_fit_is_not_continued(tmp_path, data):
    fit_until(7, tmp_path, data)
    before = (tmp_path / FILE).read_bytes()
    other_data = {name: part.copy() for name, part in data.items()}
    other_data["values"][11, 2] += 1
    for model, given, options, words in [
        (made_model(), data, {"random_state": 5}, "seed"),
        (made_model(), data, {"batch_size": 50}, "batch_size 40.*got batch_size 50"),
        (made_model(), data, {"learning_rate": 0.1}, "learning_rate"),
        (
            made_model(n_latent=3),
            data,
            {},
            "got model.decoder.n_latent 3, model.n_latent 3",
        ),
        (made_model(), other_data, {}, "data"),
        (made_model(), data, {"validation": 0.2}, "180 samples.*got.*160 samples"),
    ]:
        with pytest.raises(ParameterError, match=words):
            fit(model, given, **OPTIONS | options, resume=tmp_path)
    assert (tmp_path / FILE).read_bytes() == before


def test_a_resumed_fit_uses_the_threads_that_it_began_with(tmp_path, data, monkeypatch):
    from astrokit.training import fitting

    fit_until(7, tmp_path, data, threads=2)
    monkeypatch.setattr(fitting, "choose_threads", lambda step: pytest.fail("chosen anew"))
    assert fit(made_model(), data, **OPTIONS | {"threads": None}, resume=tmp_path).n_threads == 2


def test_without_a_seed_the_fit_goes_on_with_the_one_it_drew(tmp_path, data):
    fit_until(7, tmp_path, data, random_state=None)
    history = fit(made_model(), data, **OPTIONS | {"random_state": None}, resume=tmp_path)
    once = fit(made_model(), data, **OPTIONS | {"random_state": None})
    assert history.seed != once.seed


def test_a_damaged_checkpoint_is_told_and_kept(tmp_path, data):
    fit_until(7, tmp_path, data)
    content = bytearray((tmp_path / FILE).read_bytes())
    content[-5] ^= 1
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(DataError, match="changed or damaged"):
        fit(made_model(), data, **OPTIONS, resume=tmp_path)
    assert (tmp_path / FILE).read_bytes() == content


def test_a_checkpoint_of_others_is_refused(tmp_path, data):
    torch.save({"state_dict": made_model().state_dict()}, tmp_path / FILE)
    with pytest.raises(DataError, match="Nothing in it was run"):
        fit(made_model(), data, **OPTIONS, resume=tmp_path)


def test_two_fits_do_not_share_a_folder(tmp_path, data):
    with only_fit(tmp_path), pytest.raises(ParameterError, match="that no other fit is using"):
        fit(made_model(), data, **OPTIONS, resume=tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(ParameterError, match="resume: expected a folder"):
        fit(made_model(), data, **OPTIONS, resume=tmp_path / "file")


def test_nothing_but_the_checkpoint_is_left(tmp_path, data):
    fit(made_model(), data, **OPTIONS, resume=tmp_path / "deep" / "er")
    left = {path.name for path in (tmp_path / "deep" / "er").iterdir()}
    assert left <= {FILE, "fit.lock"}
