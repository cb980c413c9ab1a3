import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from astrokit.explore.index import Frame
from astrokit.explore.map import protocol


@given(st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=50))
def test_a_count_comes_back_within_the_stated_error(counts):
    counts = np.array(counts, dtype=np.uint32)
    codes, top = protocol.quantise(counts)
    back = protocol.dequantise(codes, top)
    error = protocol.quantisation_error(top)
    assert top == counts.max()
    assert np.all(np.abs(back - counts) <= error * counts + 1e-9 * counts)
    assert np.array_equal(back == 0, counts == 0)


@pytest.mark.parametrize("top", [256, 1000, 65_535, 65_536, 10**7])
def test_the_stated_error_is_nearly_reached(top):
    """A bound that nothing comes near would say nothing."""
    counts = np.unique(np.geomspace(1, top, 20_000).astype(np.uint32))
    back = protocol.dequantise(*protocol.quantise(counts))
    worst = np.max(np.abs(back - counts) / counts)
    assert 0.9 * protocol.quantisation_error(top) < worst
    assert worst <= protocol.quantisation_error(top) * (1 + 1e-12)  # the rounding of float64


@pytest.mark.parametrize("top", [0, 1, 255])
def test_up_to_255_a_count_is_exact(top):
    counts = np.arange(top + 1, dtype=np.uint32)
    codes, _ = protocol.quantise(counts)
    assert np.array_equal(protocol.dequantise(codes, top), counts)
    assert protocol.quantisation_error(top) == 0


@given(st.lists(st.floats(-5, 5) | st.just(float("nan")), min_size=1, max_size=50))
def test_a_value_comes_back_within_half_a_step_and_nan_stays_apart(values):
    mean = np.array(values, dtype=np.float32)
    codes = protocol.quantise_values(mean, -2.0, 3.0)
    assert np.array_equal(codes == 0, np.isnan(mean))
    back = -2 + (codes[codes > 0].astype(float) - 1) / 254 * 5
    assert np.all(np.abs(back - np.clip(mean[codes > 0], -2, 3)) <= 5 / 508 + 1e-6)


def test_values_that_are_all_equal_have_a_code():
    codes = protocol.quantise_values(np.array([2.0, np.nan], dtype=np.float32), 2.0, 2.0)
    assert codes.tolist() == [128, 0]


@pytest.fixture
def frame():
    rng = np.random.default_rng(0)
    by_category = rng.poisson(40, (3, 6, 8)).astype(np.uint32)
    counts = by_category.sum(axis=0).astype(np.uint32)
    members = counts // 2
    return Frame(counts, (0.0, 8.0, 0.0, 6.0), by_category=by_category, members=members)


def test_a_frame_comes_back_plane_by_plane(frame):
    planes = protocol.planes_of(frame, ["counts", "members", "categories"])
    headers, packed = protocol.pack(planes)
    back = protocol.unpack(headers, packed, nx=8, ny=6)
    assert [(header["name"], header["layers"]) for header in headers] == [
        ("counts", 1),
        ("members", 1),
        ("categories", 3),
    ]
    for header, counts in zip(headers, (frame.counts, frame.members, frame.by_category), strict=True):
        assert np.array_equal(
            protocol.dequantise(back[header["name"]], header["top"]), counts.reshape(-1, 6, 8)
        )


def test_only_the_layers_asked_for_are_sent(frame):
    assert [plane.name for plane in protocol.planes_of(frame, ["members"])] == ["members"]
    assert protocol.planes_of(frame, ["mean"], (0.0, 1.0)) == []


def test_the_bytes_are_one_zlib_stream_that_any_inflate_reads(frame):
    _, packed = protocol.pack(protocol.planes_of(frame, ["counts", "categories"]))
    assert len(zlib.decompress(packed)) == 4 * 6 * 8
