"""OGIP files: folding against a product done by hand, and the ways in which a file can be wrong."""

import numpy as np
import pytest
from astropy.io import fits

from astrokit.data.ogip import background_ratio, read_response, read_spectrum
from astrokit.errors import DataError, ParameterError
from tests.conftest import REAL_DATA
from tests.data.ogip import files

CHANDRA = REAL_DATA / "JohannesBuchner+BXA/examples/sherpa/chandra"
needs_chandra = pytest.mark.skipif(
    not CHANDRA.is_dir(),
    reason=f"needs {CHANDRA}: put JohannesBuchner+BXA there, or name a folder in ASTROKIT_DATA",
)


def test_folding_is_the_product_with_the_matrix_cell_by_cell(tmp_path):
    response = read_response(files.write_rmf(tmp_path / "a.rmf"), files.write_arf(tmp_path / "a.arf"))
    photons = np.random.default_rng(0).uniform(size=(3, files.N_ENERGIES))
    area = np.linspace(100, 600, files.N_ENERGIES)
    expected = np.zeros((3, files.N_CHANNELS))
    for spectrum in range(3):
        for energy in range(files.N_ENERGIES):
            for channel in range(files.N_CHANNELS):
                cell = files.dense()[energy, channel] * area[energy]
                expected[spectrum, channel] += photons[spectrum, energy] * cell
    np.testing.assert_allclose(response.fold(photons), expected, rtol=1e-6)
    np.testing.assert_allclose(response.fold(photons[0]), expected[0], rtol=1e-6)
    np.testing.assert_allclose(response.energy_low_kev, files.EDGES[:-1], rtol=1e-6)


def test_without_area_the_matrix_is_the_probability_alone(tmp_path):
    response = read_response(files.write_rmf(tmp_path / "a.rmf"))
    np.testing.assert_allclose(response.matrix.toarray(), files.dense(), rtol=1e-6)


def test_a_part_of_the_channels_is_that_part_of_the_counts(tmp_path):
    response = read_response(files.write_rmf(tmp_path / "a.rmf"))
    part = response.between(0.85, 2.5)
    assert part.channel.tolist() == [3, 4, 5, 6, 7]
    photons = np.ones(files.N_ENERGIES)
    np.testing.assert_array_equal(part.fold(photons), response.fold(photons)[2:7])
    spectrum = read_spectrum(files.write_pha(tmp_path / "a.pi"))
    np.testing.assert_array_equal(part.counts_of(spectrum), [2, 3, 4, 5, 6])
    with pytest.raises(ParameterError, match=r"a channel or more of 0.3 to 3.3 keV, got 8 to 9"):
        response.between(8.0, 9.0)


def test_matrices_of_fixed_width_and_of_single_groups_are_read_too(tmp_path):
    columns = [
        fits.Column("ENERG_LO", "E", array=[1.0, 2.0]),
        fits.Column("ENERG_HI", "E", array=[2.0, 3.0]),
        fits.Column("N_GRP", "I", array=[1, 1]),
        fits.Column("F_CHAN", "I", array=[0, 2]),
        fits.Column("N_CHAN", "I", array=[3, 2]),
        fits.Column("MATRIX", "3E", array=[[0.5, 0.3, 0.2], [0.6, 0.4, 99.0]]),  # the last one is padding
    ]
    matrix = fits.BinTableHDU.from_columns(columns, name="SPECRESP MATRIX")
    channel = np.arange(4)
    bounds = [fits.Column("CHANNEL", "I", array=channel)]
    bounds += [fits.Column(name, "E", array=channel + k) for k, name in enumerate(["E_MIN", "E_MAX"])]
    table = fits.BinTableHDU.from_columns(bounds, name="EBOUNDS")
    fits.HDUList([fits.PrimaryHDU(), matrix, table]).writeto(tmp_path / "b.rmf")
    found = read_response(tmp_path / "b.rmf").matrix.toarray()
    np.testing.assert_allclose(found, [[0.5, 0.3, 0.2, 0], [0, 0, 0.6, 0.4]], rtol=1e-6)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"drop": ["MATRIX"]}, ["a column MATRIX", "got columns ENERG_LO"]),
        ({"groups": [[(9, 3)], *files.GROUPS[1:]]}, ["channels from 1 to 10 in row 1", "[9, 3]"]),
        ({"groups": [[(0, 3)], *files.GROUPS[1:]]}, ["channels from 1 to 10 in row 1", "[0, 3]", "TLMIN"]),
        ({"header": {"TLMIN4": 2}}, ["channels from 2 to 11 in row 1", "[1, 3]"]),
        ({"groups": [[(1, 4)], *files.GROUPS[1:]]}, ["4 entries in row 1", "got 3"]),
        ({"n_groups": [1, 2, 2, 3, 1, 2]}, ["row 4", "2 of 3 groups"]),
        (
            {"entries": [np.array([0.1, np.nan, 0.1]), *files.ENTRIES[1:]]},
            ["entries of 0 or more", "1 that are"],
        ),
        (
            {"entries": [np.array([0.1, -0.1, 0.1]), *files.ENTRIES[1:]]},
            ["entries of 0 or more", "1 that are"],
        ),
        ({"high": files.EDGES[1:] + 0.1}, ["without gaps", "row 2"]),
        ({"high": files.EDGES[:-1]}, ["without gaps", "0.5 to 0.5 keV in row 1"]),
        ({"low": np.full(6, np.nan)}, ["finite numbers in ENERG_LO", "6 of 6"]),
    ],
)
def test_a_malformed_response_is_told(tmp_path, options, words):
    path = files.write_rmf(tmp_path / "a.rmf", **options)
    with pytest.raises(DataError) as told:
        read_response(path)
    assert all(word in str(told.value) for word in [*words, "a.rmf"])


def test_an_area_that_does_not_belong_to_the_matrix_is_told(tmp_path):
    rmf = files.write_rmf(tmp_path / "a.rmf")
    shifted = files.write_arf(
        tmp_path / "shifted.arf", low=files.EDGES[:-1] + 0.1, high=files.EDGES[1:] + 0.1
    )
    with pytest.raises(DataError, match=r"the 6 energy bins of the RMF, 0.5 to 3.5 keV.*0.6 to 3.6 keV"):
        read_response(rmf, shifted)
    fewer = files.write_arf(tmp_path / "few.arf", low=files.EDGES[:3], high=files.EDGES[1:4], area=np.ones(3))
    with pytest.raises(DataError, match="got 3 bins"):
        read_response(rmf, fewer)
    negative = files.write_arf(tmp_path / "negative.arf", area=np.linspace(-1, 4, 6))
    with pytest.raises(DataError, match="areas of 0 or more, got -1 cm2"):
        read_response(rmf, negative)


def test_the_area_is_not_multiplied_twice(tmp_path):
    full = files.write_rmf(tmp_path / "full.rsp", header={"HDUCLAS3": "FULL"})
    with pytest.raises(DataError, match="the area is already in it"):
        read_response(full, files.write_arf(tmp_path / "a.arf"))
    assert read_response(full).matrix.shape == (6, 10)


def test_files_of_another_kind_are_told(tmp_path):
    rmf, arf = files.write_rmf(tmp_path / "a.rmf"), files.write_arf(tmp_path / "a.arf")
    with pytest.raises(DataError, match=r"a.arf: expected one extension MATRIX or SPECRESP MATRIX, got 0"):
        read_response(arf)
    with pytest.raises(DataError, match=r"a.rmf: expected one extension SPECRESP, got 0"):
        read_response(rmf, rmf)
    with pytest.raises(DataError, match="one extension SPECTRUM, got 0"):
        read_spectrum(rmf)
    (tmp_path / "text").write_text("not a FITS file")
    with pytest.raises(DataError, match="a FITS file with an OGIP extension"):
        read_spectrum(tmp_path / "text")
    with pytest.raises(DataError, match="No such file"):
        read_response(tmp_path / "nowhere.rmf")


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_cut_file_is_told(tmp_path, share):
    path = files.write_rmf(tmp_path / "a.rmf")
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(DataError):
        read_response(path)


def test_a_flipped_bit_is_told_by_the_checksum(tmp_path):
    path = files.write_pha(tmp_path / "a.pi")
    content = bytearray(path.read_bytes())
    place = content.index(bytes([0, 3, 0, 0, 0, 2]))  # channel 3 and its two counts
    content[place + 5] ^= 1
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"(?i)checksum"):
        read_spectrum(path)


def test_a_spectrum_is_read_as_it_is(tmp_path):
    quality = fits.Column("QUALITY", "I", array=[5, 0, 0, 0, 0, 0, 0, 0, 2, 0])
    spectrum = read_spectrum(files.write_pha(tmp_path / "a.pi", extra=[quality]))
    assert spectrum.counts.tolist() == list(range(10))
    assert spectrum.channel.tolist() == list(range(1, 11))
    assert spectrum.exposure_s == 1000.0
    assert spectrum.back_scale.tolist() == [2.0] * 10
    assert np.flatnonzero(~spectrum.good).tolist() == [0, 8]
    assert spectrum.files == {"response": "a.rmf"}


def test_no_counts_at_all_are_a_spectrum(tmp_path):
    spectrum = read_spectrum(files.write_pha(tmp_path / "a.pi", counts=np.zeros(10, int)))
    assert spectrum.counts.sum() == 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"name": "RATE"}, ["a column COUNTS", "CHANNEL, RATE"]),
        ({"counts": np.zeros((4, 10), int)}, ["one spectrum", "4 spectra in rows"]),
        ({"counts": [0, -3, 2]}, ["not negative", "got -3", "background"]),
        ({"counts": [0.0, 1.5, 2.0]}, ["whole", "got 1.5"]),
        ({"counts": [0, 1, 2], "channel": [1, 3, 4]}, ["follow one another", "1 before 3"]),
        ({"header": {"EXPOSURE": 0.0}}, ["EXPOSURE above 0", "0.0"]),
        ({"header": {"EXPOSURE": None}}, ["EXPOSURE above 0", "None"]),
        ({"header": {"AREASCAL": 0.0}}, ["AREASCAL above 0"]),
        ({"header": {"BACKSCAL": "one"}}, ["BACKSCAL above 0", "'one'"]),
        ({"extra": [fits.Column("BACKSCAL", "E", array=[1.0] * 9 + [0.0])]}, ["BACKSCAL above 0", "got 0"]),
    ],
)
def test_a_malformed_spectrum_is_told(tmp_path, options, words):
    path = files.write_pha(tmp_path / "a.pi", **options)
    with pytest.raises(DataError) as told:
        read_spectrum(path)
    assert all(word in str(told.value) for word in [*words, "a.pi"])


def test_the_scale_of_a_background_may_stand_in_either_keyword(tmp_path):
    source = read_spectrum(files.write_pha(tmp_path / "source.pi", header={"BACKSCAL": 1.0}))
    for key in ("AREASCAL", "BACKSCAL"):
        header = {"EXPOSURE": 500.0, "AREASCAL": 1.0, "BACKSCAL": 1.0, key: 8.0}
        background = read_spectrum(files.write_pha(tmp_path / f"{key}.pi", header=header))
        np.testing.assert_allclose(background_ratio(source, background), 1000 / 500 / 8)
    other = read_spectrum(files.write_pha(tmp_path / "other.pi", counts=[1, 2, 3]))
    with pytest.raises(DataError, match="channels 1 to 10, as the source has, got 1 to 3"):
        background_ratio(source, other)


def test_photons_and_channels_that_do_not_fit_are_told(tmp_path):
    response = read_response(files.write_rmf(tmp_path / "a.rmf"))
    with pytest.raises(ParameterError, match=r"6 energy bins in the last place, got shape \(7,\)"):
        response.fold(np.ones(7))
    short = read_spectrum(files.write_pha(tmp_path / "a.pi", counts=[1, 2, 3]))
    with pytest.raises(DataError, match="channels 1 to 10, as the response has, got 1 to 3"):
        response.counts_of(short)


@needs_chandra
def test_a_real_response_folds_as_its_matrix_does_row_by_row():
    response = read_response(CHANDRA / "cdfs4Ms_179.rmf", CHANDRA / "cdfs4Ms_179.arf")
    assert response.matrix.shape == (1918, 1024)
    photons = np.random.default_rng(0).uniform(size=1918)
    with fits.open(CHANDRA / "cdfs4Ms_179.rmf") as rmf, fits.open(CHANDRA / "cdfs4Ms_179.arf") as arf:
        expected = np.zeros(1024)
        for row, area, flux in zip(rmf["MATRIX"].data, arf[1].data["SPECRESP"], photons, strict=True):
            place = 0
            for start, length in zip(row["F_CHAN"], row["N_CHAN"], strict=True):
                entries = row["MATRIX"][place : place + length].astype(float)
                expected[start - 1 : start - 1 + length] += entries * float(area) * flux
                place += length
    np.testing.assert_allclose(response.fold(photons), expected, rtol=1e-12)


@needs_chandra
def test_the_real_background_carries_its_scale_in_areascal():
    source, background = (read_spectrum(CHANDRA / name) for name in ("179.pi", "cdfs4Ms_179_bkg.pi"))
    np.testing.assert_allclose(background_ratio(source, background), 1 / 32.4418, rtol=1e-5)
    response = read_response(CHANDRA / "cdfs4Ms_179.rmf").between(9.0, 9.8)
    counts = response.counts_of(source).sum()
    expected = response.counts_of(background).sum() / 32.4418
    # Where the telescope sees nothing, the source's region holds the background alone.
    assert abs(counts - expected) < 4 * np.sqrt(expected)
