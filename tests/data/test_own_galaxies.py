"""A user's own galaxies: the two forms of the format read the same, and each mistake has its error."""

import numpy as np
import pandas as pd
import pytest

from astrokit.data.own_galaxies import FEWEST, read_own_galaxies
from astrokit.errors import DataError

N = 120


def columns():
    rng = np.random.default_rng(0)
    made = {"source_id": np.array([f"J{k:04d}" for k in range(N)]), "log_mass": rng.uniform(6, 12.5, N)}
    for band in ("g", "r", "W1"):
        made |= {band: rng.uniform(15, 20, N), f"e_{band}": rng.uniform(0.01, 0.1, N)}
    for band in ("g", "r"):
        made[f"image_{band}"] = rng.normal(size=(N, 16, 16)).astype(np.float32)
    return made


def write_npz(folder, made):
    path = folder / "mine.npz"
    np.savez(path, **made)
    return path


def write_folder(folder, made, suffix="csv", image_suffix="npy"):
    from astropy.io import fits

    folder = folder / "mine"
    folder.mkdir()
    table = pd.DataFrame({name: values for name, values in made.items() if not name.startswith("image")})
    if suffix == "csv":
        table.to_csv(folder / "galaxies.csv", index=False)
    else:
        table.to_parquet(folder / "galaxies.parquet")
    for name in made:
        if name.startswith("image"):
            if image_suffix == "npy":
                np.save(folder / f"{name}.npy", made[name])
            else:
                fits.PrimaryHDU(made[name]).writeto(folder / f"{name}.fits", checksum=True)
    return folder


@pytest.mark.parametrize(
    "write",
    [
        write_npz,
        write_folder,
        lambda folder, made: write_folder(folder, made, "parquet", "fits"),
    ],
)
def test_a_folder_and_a_file_read_the_same(tmp_path, write):
    made = columns()
    own = read_own_galaxies(write(tmp_path, made))
    assert own.table["source_id"].tolist() == made["source_id"].tolist()
    for name in ("log_mass", "g", "e_W1"):
        np.testing.assert_allclose(own.table[name], made[name])
    assert own.images.shape == (N, 5, 16, 16)
    np.testing.assert_array_equal(own.images[:, 1], made["image_g"])
    assert np.isnan(own.images[:, [0, 3, 4]]).all()
    assert own.table["group"].tolist() == own.table["source_id"].tolist()


def test_masked_pixels_are_sky_and_an_empty_image_is_none(tmp_path):
    made = columns()
    made["image_g"][0, 0, 0] = np.nan
    made["image_g"][1, :10] = np.nan
    own = read_own_galaxies(write_npz(tmp_path, made))
    assert own.images[0, 1, 0, 0] == 0
    assert np.isnan(own.images[1, 1]).all()
    assert np.isfinite(own.images[:, 2]).all()


def test_what_was_not_measured_is_empty(tmp_path):
    made = columns()
    made["g"][3] = made["e_g"][3] = np.nan
    own = read_own_galaxies(write_folder(tmp_path, made))
    assert np.isnan(own.table.loc[3, ["g", "e_g"]].to_numpy(float)).all()


def test_rows_of_one_galaxy_share_a_group(tmp_path):
    own = read_own_galaxies(write_npz(tmp_path, {**columns(), "group": np.repeat(["a", "b"], N // 2)}))
    assert own.table["group"].nunique() == 2


def without(*names):
    return {name: values for name, values in columns().items() if name not in names}


def changed(name, change):
    made = columns()
    made[name] = change(made[name])
    return made


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (without("log_mass"), "the column 'log_mass'"),
        (without("source_id"), "the column 'source_id'"),
        (changed("log_mass", lambda m: np.where(m > 12, 13.0, m)), r"values in \[6, 12.5\]"),
        (changed("log_mass", lambda m: 10**m), r"values in \[6, 12.5\]"),
        (changed("log_mass", lambda m: np.where(m > 12, np.nan, m)), "a value in every row"),
        (changed("source_id", lambda s: np.repeat(s[:60], 2)), "each source_id once"),
        (without("e_g"), "'g' together with 'e_g'"),
        (changed("e_g", lambda e: np.where(e > 0.09, np.nan, e)), "an error in 'e_g'"),
        (changed("e_g", lambda e: e - e), "column 'e_g'"),
        (changed("g", lambda g: np.where(g > 19, -9999.0, g)), r"values in \[0, 40\] mag"),
        (changed("image_g", lambda g: g[:, :, :12]), "A square image"),
        (changed("image_g", lambda g: g[:, :12, :12]), "of one size in all bands"),
        (changed("image_g", lambda g: g[:50]), r"\(120, 16, 16\)"),
        (changed("image_g", lambda g: g.astype(complex)), "complex"),
        (changed("image_g", lambda g: np.where(g > 3, np.inf, g)), "infinite"),
        ({**columns(), "image_y": np.zeros((N, 16, 16))}, "'image_y'"),
        ({name: values[:50] for name, values in columns().items()}, f"at least {FEWEST} galaxies, got 50"),
        ({name: columns()[name] for name in ("source_id", "log_mass")}, "images, magnitudes or shapes"),
        (changed("source_id", lambda s: s.astype(object)), "never of objects"),
        (changed("g", lambda g: g[:7]), "one length"),
    ],
)
def test_each_mistake_has_its_error(tmp_path, made, message):
    with pytest.raises(DataError, match=message):
        read_own_galaxies(write_npz(tmp_path, made))


def test_mistakes_of_a_folder_have_theirs(tmp_path):
    folder = write_folder(tmp_path, columns())
    (folder / "image_z.npy").write_bytes((folder / "image_g.npy").read_bytes()[:500])
    with pytest.raises(DataError, match="a whole array of images"):
        read_own_galaxies(folder)
    (folder / "image_z.npy").rename(folder / "image_z.png")
    with pytest.raises(DataError, match="a suffix among"):
        read_own_galaxies(folder)
    (folder / "galaxies.ecsv").write_text("x")
    with pytest.raises(DataError, match="one table"):
        read_own_galaxies(folder)


def test_pickles_are_never_opened(tmp_path):
    folder = write_folder(tmp_path, without("image_r"))
    np.save(folder / "image_r.npy", np.array([{"a": 1}] * N), allow_pickle=True)
    with pytest.raises(DataError, match="pickles are refused"):
        read_own_galaxies(folder)


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04broken"])
def test_what_is_no_archive_is_said(tmp_path, content):
    path = tmp_path / "mine.npz"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"an \.npz file of plain arrays"):
        read_own_galaxies(path)


def test_a_path_to_nothing_is_said(tmp_path):
    with pytest.raises(DataError, match="a file that can be read"):
        read_own_galaxies(tmp_path / "nothing.npz")
