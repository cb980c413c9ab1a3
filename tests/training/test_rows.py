"""Arrays in batches: the right rows and types, and the same place in memory after an interruption."""

import numpy as np
import pytest
import torch

from astrokit.training import apply
from astrokit.training.rows import Rows


def test_batches_hold_the_rows_of_the_order_and_the_last_one_what_is_left():
    data = {"x": np.arange(103.0), "pair": np.arange(206).reshape(103, 2), "seen": np.arange(103) % 2 == 0}
    rows, order = Rows(data), torch.randperm(103, generator=torch.Generator().manual_seed(0))
    batches = list(rows.batches(order, 10))
    assert [len(taken) for taken, _ in batches] == [10] * 10 + [3]
    assert torch.cat([taken for taken, _ in batches]).tolist() == order.tolist()
    for taken, batch in batches:
        assert batch["x"].tolist() == taken.tolist()
        assert batch["pair"][:, 1].tolist() == (2 * taken + 1).tolist()
    kinds = {name: part.dtype for name, part in batches[0][1].items()}
    assert kinds == {"x": torch.float32, "pair": torch.int64, "seen": torch.bool}


def test_a_batch_lies_at_the_same_place_wherever_the_epoch_is_begun():
    """Some kernels round differently when memory is aligned differently."""
    rows, order = Rows({"x": np.zeros((1000, 5))}), torch.arange(1000)

    def places(first):
        return [batch["x"].data_ptr() % 64 for _, batch in rows.batches(order, 30, first=first)]

    whole = places(0)
    assert len(set(whole)) > 1
    for first in range(1, 34, 5):
        assert places(first) == whole[first:]


def test_mapped_and_repeated_arrays_are_not_copied(tmp_path):
    np.save(tmp_path / "x.npy", np.arange(3e5).reshape(1000, 300))
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    shared = np.broadcast_to(np.arange(300.0), (10**7, 300))[:1000]
    rows = Rows({"x": mapped, "grid": shared})
    batch = rows.batch(torch.tensor([999, 0]))
    assert batch["x"][:, 0].tolist() == [299700.0, 0.0]
    assert (batch["grid"] == torch.arange(300.0)).all()
    assert batch["x"].dtype == batch["grid"].dtype == torch.float32
    assert rows._tensors["x"].dtype == torch.float64  # as on disk
    assert rows._tensors["grid"].stride() == (0, 1)


def test_a_function_is_applied_to_all_rows_whatever_the_batches():
    data = {"x": np.random.default_rng(0).normal(size=(107, 3))}
    once, parts = (apply(lambda batch: batch["x"].sum(1), data, batch_size=size) for size in (1000, 10))
    np.testing.assert_array_equal(once, parts)
    pair = apply(lambda batch: (batch["x"], batch["x"].sum(1)), data, batch_size=50)
    assert [part.shape for part in pair] == [(107, 3), (107,)]


@pytest.mark.parametrize("change", ["value", "shape", "name", "type"])
def test_other_data_have_another_fingerprint(change):
    x = np.random.default_rng(0).normal(size=(500, 3))
    print_of = Rows({"x": x}).fingerprint()
    assert Rows({"x": x.copy()}).fingerprint() == print_of
    other = {
        "value": {"x": np.where(np.arange(500)[:, None] == 123, x + 1, x)},
        "shape": {"x": x.reshape(500, 3, 1)},
        "name": {"y": x},
        "type": {"x": (x > 0)},
    }[change]
    assert Rows(other).fingerprint() != print_of
