"""The simulated stars obey the laws that they are made from."""

import numpy as np

from astrokit.data.simulate.stars import (
    KINDS,
    kroupa_mass,
    main_sequence,
    simulate_stars,
    temperature_of,
    white_dwarf,
)


def test_masses_follow_the_two_slopes_of_the_initial_mass_function():
    mass = kroupa_mass(np.linspace(0, 1, 1_000_001))
    assert mass.min() >= 0.1 - 1e-12
    assert mass.max() <= 8 + 1e-9
    for low, high, slope in ((0.12, 0.45, -1.3), (0.6, 6.0, -2.3)):
        edges = np.geomspace(low, high, 12)
        density = np.histogram(mass, edges)[0] / np.diff(edges)
        fitted = np.polyfit(np.log(np.sqrt(edges[1:] * edges[:-1])), np.log(density), 1)[0]
        # A million ordered quantiles: only the width of the bins blurs the slope.
        assert abs(fitted - slope) < 0.02


def test_the_sun_is_where_it_should_be():
    luminosity, temperature = main_sequence(np.array([1.0]), np.array([0.46]), np.array([0.0]))
    assert abs(luminosity[0]) < 0.05
    assert abs(10 ** temperature[0] - 5772) < 150
    assert round(10 ** float(temperature_of(0.0, 0.0))) == 5772


def test_white_dwarfs_cool_as_mestel_says():
    luminosity, temperature = white_dwarf(np.array([1.0, 10.0]), np.array([0.6, 0.6]))
    assert np.isclose(luminosity[1] - luminosity[0], -1.4)
    assert temperature[1] < temperature[0]


def test_a_survey_is_repeatable_and_holds_every_kind():
    stars, again = simulate_stars(20_000, random_state=3), simulate_stars(20_000, random_state=3)
    for ours, theirs in zip(stars[:-1], again[:-1], strict=True):
        np.testing.assert_array_equal(ours, theirs)
        assert np.isfinite(ours).all()
    assert set(np.unique(stars.kind)) == set(range(len(KINDS)))
    assert stars.log_temperature.dtype == np.float32
    assert stars.provenance.simulated
    assert list(stars.table()["kind"][:5]) == [KINDS[k] for k in stars.kind[:5]]


def test_the_radii_of_the_kinds_are_told_by_where_they_lie():
    stars = simulate_stars(50_000)
    # Stefan-Boltzmann turned around: log R = (log L - 4 log(T / Tsun)) / 2.
    radius = (stars.log_luminosity - 4 * (stars.log_temperature - np.log10(5772))) / 2
    median = {name: np.median(radius[stars.kind == k]) for k, name in enumerate(KINDS)}
    assert abs(median["white dwarf"] - np.log10(0.0127)) < 0.02
    assert abs(10 ** median["red clump"] - 10.5) < 2
    assert 0.3 < 10 ** median["main sequence"] < 2 < 10 ** median["red giant"]
