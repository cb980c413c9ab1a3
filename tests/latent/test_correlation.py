import numpy as np
import pandas as pd
import pytest
from scipy.stats import pearsonr, spearmanr

from astrokit.errors import ParameterError
from astrokit.latent import correlates


def planted(n=800, seed=0):
    rng = np.random.default_rng(seed)
    latents = rng.normal(size=(n, 3))
    return latents, {
        "period": latents[:, 0] + 0.5 * rng.normal(size=n),
        "amplitude": np.exp(3 * latents[:, 1]),
        "dice": rng.normal(size=n),
    }


def pair(table, latent, name):
    (row,) = table[(table.latent == latent) & (table.property == name)].index
    return table.loc[row]


def test_planted_meanings_are_found_and_chance_is_not():
    table = correlates(*planted())
    assert len(table) == 9
    assert set(zip(table.latent[:2], table.property[:2], strict=True)) == {
        ("latent 1", "amplitude"),
        ("latent 0", "period"),
    }
    assert (table["rank_q"] < 0.01).sum() == 2
    monotone = pair(table, "latent 1", "amplitude")
    assert monotone["rank"] == pytest.approx(1)
    assert monotone["linear"] < 0.8  # a rank sees what a line does not


def test_values_are_scipys():
    latents, properties = planted(200)
    table = correlates(latents, pd.DataFrame(properties), names=["a", "b", "c"])
    for column, latent in enumerate("abc"):
        for name, values in properties.items():
            row = pair(table, latent, name)
            assert row["linear"] == pytest.approx(pearsonr(latents[:, column], values).statistic)
            assert row["rank"] == pytest.approx(spearmanr(latents[:, column], values).statistic)


def test_sources_without_a_value_are_left_out_of_their_pair_only():
    latents, properties = planted()
    properties["period"][::4] = np.nan
    latents[1, 0] = np.nan
    table = correlates(latents, properties)
    assert pair(table, "latent 0", "period")["n"] == 599
    assert pair(table, "latent 1", "period")["n"] == 600
    assert pair(table, "latent 1", "dice")["n"] == 800
    seen = np.isfinite(properties["period"])
    expected = pearsonr(latents[seen, 1], properties["period"][seen]).statistic
    assert pair(table, "latent 1", "period")["linear"] == pytest.approx(expected)


def test_intervals_cover_and_p_values_are_honest_where_there_is_nothing():
    covered, low_p, n_trials = 0, 0, 150
    for seed in range(n_trials):
        rng = np.random.default_rng(seed)
        x = rng.normal(size=100)
        y = 0.5 * x + np.sqrt(0.75) * rng.normal(size=100)  # correlation 0.5
        table = correlates(x[:, None], {"y": y, "dice": rng.normal(size=100)}, n_resamples=200)
        row = pair(table, "latent 0", "y")
        covered += row["linear_low"] <= 0.5 <= row["linear_high"]
        low_p += pair(table, "latent 0", "dice")["linear_p"] < 0.1
    assert covered / n_trials == pytest.approx(0.9, abs=0.06)  # 2.5 binomial standard errors
    assert low_p / n_trials == pytest.approx(0.1, abs=0.06)


def test_repeated_observations_of_a_source_give_no_certainty():
    rng = np.random.default_rng(0)
    source = np.repeat(np.arange(40), 50)
    x, y = rng.normal(size=40)[source], rng.normal(size=40)[source]
    x, y = x + 0.1 * rng.normal(size=2000), y + 0.1 * rng.normal(size=2000)
    loose = correlates(x[:, None], {"y": y}).loc[0]
    honest = correlates(x[:, None], {"y": y}, groups=source).loc[0]
    assert loose["linear"] == pytest.approx(honest["linear"])
    width = [row["linear_high"] - row["linear_low"] for row in (loose, honest)]
    assert width[1] > 4 * width[0]
    assert honest["linear_p"] > 0.01


def test_many_groups_are_resampled_in_blocks_without_a_change_of_width(monkeypatch):
    from astrokit.latent import correlation

    rng = np.random.default_rng(0)
    source = np.repeat(np.arange(400), 5)
    x = rng.normal(size=400)[source] + rng.normal(size=2000)
    properties = {"y": x + rng.normal(size=400)[source] + rng.normal(size=2000)}
    options = {"groups": source, "n_resamples": 2000}
    whole = correlates(x[:, None], properties, **options).loc[0]
    monkeypatch.setattr(correlation, "MAX_BLOCKS", 100)
    blocks = correlates(x[:, None], properties, **options).loc[0]
    assert blocks["linear"] == pytest.approx(whole["linear"])
    widths = [row["linear_high"] - row["linear_low"] for row in (whole, blocks)]
    # The spread of a variance from 100 blocks is 14%, of a width 7%: two of those.
    assert widths[1] == pytest.approx(widths[0], rel=0.15)


def test_q_values_are_those_of_the_whole_table():
    from scipy.stats import false_discovery_control

    table = correlates(*planted())
    np.testing.assert_allclose(table["rank_q"], false_discovery_control(table["rank_p"]))
    assert (table["linear_q"] >= table["linear_p"]).all()


def test_what_cannot_be_compared_is_nan_not_a_number():
    latents, properties = planted(50)
    properties["constant"] = np.ones(50)
    properties["rare"] = np.where(np.arange(50) < 5, properties["dice"], np.nan)
    table = correlates(latents, properties)
    for name in ("constant", "rare"):
        rows = table[table.property == name]
        assert rows[["linear", "rank", "rank_low", "rank_p", "rank_q"]].isna().all().all()
    assert table[table.property == "dice"]["rank_q"].notna().all()


@pytest.mark.parametrize(
    ("properties", "options", "words"),
    [
        ({"p": np.ones(3)}, {}, ["property 'p'", "100 entries", "3"]),
        ({"p": ["a"] * 100}, {}, ["property 'p'", "numbers"]),
        ({"p": np.ones(100)}, {"groups": np.ones(7)}, ["groups", "100 entries", "7"]),
        ({"p": np.ones(100)}, {"names": ["a"]}, ["names of latents", "3 entries", "1"]),
    ],
)
def test_what_does_not_fit_is_told_with_numbers(properties, options, words):
    with pytest.raises(ParameterError) as told:
        correlates(planted(100)[0], properties, **options)
    assert all(word in str(told.value) for word in words)
