"""The information of inputs in the linear setting: closed forms of one covariance.

With `simulate_galaxies(linear=True)` all variables are jointly Gaussian. Images are so too: each is a
measurement of the flux in its band, the share of the bulge, the radius, two axis ratios and an angle, with
the Fisher matrix of the mean galaxy. The last three have no causes but the wide prior `WEAK`, and are common
to all bands. `shape` is a part of the measurement in r.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...data.simulate.galaxies import BANDS, NAMES, OPTICAL, VARIABLES, linear_model
from ...data.simulate.galaxies.causes import covariance_of_causes
from ...data.simulate.galaxies.images import flux_of
from ...data.simulate.galaxies.photometry import SCATTER_MAG, magnitude_errors
from ...data.simulate.galaxies.shape import SHAPE_BAND, WEAK
from ...data.simulate.galaxies.slopes import PARAMETERS
from ...errors import ParameterError
from ...explain.information.copula import information_of
from ...explain.information.decomposition import Decomposition, in_unit
from ...explain.information.gaussian import MEASURES, decompose_parts
from ...explain.information.units import check_choice, nats_per
from .inputs import IMAGES, SHAPE, inputs_of
from .likelihood import FLUX_PER_MAG, shape_slopes
from .measurements import typical_fisher

N_IMAGE = len(PARAMETERS)


def linear_information(names: str | Sequence[str], target: str = "log_mass", *, unit: str = "bits") -> float:
    """I(inputs; target) in the linear setting, exact.

    Parameters
    ----------
    names : str or sequence of str
        Of inputs and groups, or of causes that are known beside them.
    target : str
        One of the causes.
    unit : {"bits", "nats"}

    Raises
    ------
    ParameterError
        For an unknown name, or the target among the inputs.

    Examples
    --------
    >>> linear_information(["g"]) < linear_information(["g", "r"]) < linear_information(BANDS)
    True
    """
    columns = _columns(names, target)
    matrix = _correlation([*columns, VARIABLES.index(target)])
    return information_of(matrix, len(columns)) / nats_per(unit)


def linear_pid(
    first: str | Sequence[str],
    second: str | Sequence[str],
    target: str = "log_mass",
    *,
    measure: str = "mmi",
    unit: str = "bits",
) -> Decomposition:
    """The decomposition of I(first, second; target) in the linear setting, exact: see `pid_gaussian`.

    What is in both (the shape, and the image in r of which it is a part) is held once.

    Examples
    --------
    >>> bool(abs(linear_pid(["g"], ["r"]).total - linear_information(["g", "r"])) < 1e-9)
    True
    """
    check_choice("measure", measure, MEASURES)
    sides = [_columns(side, target) for side in (first, second)]
    columns = sorted({*sides[0], *sides[1]})
    one, other = (np.array([columns.index(column) for column in side]) for side in sides)
    matrix = _correlation([*columns, VARIABLES.index(target)])
    found = decompose_parts(matrix, one, other, np.array([len(columns)]), measure)
    return in_unit(found, unit, nats_per(unit))


def covariance() -> np.ndarray:
    """Covariance (44, 44) of the columns of `NAMES`, then of the six `PARAMETERS` in each of five images.

    Examples
    --------
    >>> covariance().shape
    (44, 44)
    """
    # Everything is a linear function of causes, of the scatter of each band, and of two ratios and an angle.
    level, slopes, _ = linear_model()
    n_causes, n_bands = len(VARIABLES), len(BANDS)
    light = np.hstack([slopes, np.eye(n_bands), np.zeros((n_bands, 3))])
    shape = np.zeros((N_IMAGE - 1, light.shape[1]))
    shape[:2, :n_causes] = shape_slopes()
    shape[2:, n_causes + n_bands :] = np.eye(3)
    flux = FLUX_PER_MAG * flux_of(level[: len(OPTICAL)])
    images = [np.vstack([flux[band] * light[band], shape]) for band in range(len(OPTICAL))]
    maps = np.vstack([np.eye(n_causes, light.shape[1]), light, *images])
    inner = np.zeros((light.shape[1], light.shape[1]))
    inner[:n_causes, :n_causes] = covariance_of_causes()
    inner[n_causes:, n_causes:] = np.diag([*[SCATTER_MAG**2] * n_bands, *1 / WEAK[3:]])
    noise = np.zeros((len(maps), len(maps)))
    band_places = np.arange(n_causes, len(NAMES))
    noise[band_places, band_places] = magnitude_errors(level) ** 2
    for band, matrix in enumerate(typical_fisher()):
        rows = _image_columns(band)
        noise[np.ix_(rows, rows)] = np.linalg.inv(matrix)
    return maps @ inner @ maps.T + noise


def _image_columns(band: int) -> list[int]:
    start = len(NAMES) + N_IMAGE * band
    return [*range(start, start + N_IMAGE)]


def _columns(names: str | Sequence[str], target: str) -> list[int]:
    """Where inputs, or causes that are known, stand in `covariance`."""
    names = [names] if isinstance(names, str) else list(names)
    causes = [name for name in names if name in VARIABLES]
    if target not in VARIABLES or target in causes:
        raise ParameterError(
            "target",
            expected=f"one of {', '.join(VARIABLES)}, and not among what is known",
            got=repr(target),
            next_step="Correct the name.",
        )
    others = [name for name in names if name not in VARIABLES]
    inputs = inputs_of(others) if others or not causes else ()
    in_r = _image_columns(OPTICAL.index(SHAPE_BAND))
    columns = {VARIABLES.index(name) for name in causes}
    for name in inputs:
        if name in IMAGES:
            columns |= {*_image_columns(IMAGES.index(name))}
        else:
            columns.add(in_r[1 + SHAPE.index(name)] if name in SHAPE else NAMES.index(name))
    return sorted(columns)


def _correlation(columns: list[int]) -> np.ndarray:
    matrix = covariance()[np.ix_(columns, columns)]
    width = np.sqrt(np.diag(matrix))
    return matrix / np.outer(width, width)
