"""Shapley values beside `shap.TreeExplainer`: 50,000 rows, 100 trees, depth 6, 20 features, one thread each.

Ours includes what it checks: the additivity of every row, and a sample against shap. Against a background
shap explains a few rows, since all would take hours; its time is scaled by the number of rows. Seconds are
those of the processor, so that a busy machine does not count.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before anything counts the cores

import time
import warnings
from collections.abc import Callable

import numpy as np
from sklearn.ensemble import GradientBoostingRegressor, RandomForestRegressor
from xgboost import XGBRegressor

from astrokit.explain import shapley

N_ROWS, N_FEATURES, N_TREES, DEPTH, N_BACKGROUND = 50_000, 20, 100, 6, 1_000
N_SCALED = 20  # rows that shap explains against the background
GOALS = {"path": 5, "interventional": 20}
MODELS = {
    "xgboost": XGBRegressor(n_estimators=N_TREES, max_depth=DEPTH, n_jobs=1, random_state=0),
    "random forest": RandomForestRegressor(N_TREES, max_depth=DEPTH, random_state=0),
    "gradient boosting": GradientBoostingRegressor(n_estimators=N_TREES, max_depth=DEPTH, random_state=0),
}


def world() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(N_ROWS, N_FEATURES))
    return x, x[:, 0] * x[:, 1] + np.sin(x[:, 2]) + x[:, 3:] @ rng.normal(size=N_FEATURES - 3) / 4


def timed(call: Callable[[], np.ndarray]) -> tuple[float, np.ndarray]:
    started = time.process_time()
    answer = call()
    return time.process_time() - started, answer


def theirs(model: object, rows: np.ndarray, background: np.ndarray | None) -> np.ndarray:
    import shap

    if background is None:
        return shap.TreeExplainer(model).shap_values(rows, check_additivity=False)
    masker = shap.maskers.Independent(background, max_samples=len(background))  # or else it takes 100 rows
    return shap.TreeExplainer(model, masker).shap_values(rows, check_additivity=False)


def compare(name: str, model: object, kind: str, x: np.ndarray) -> None:
    background = None if kind == "path" else x[:N_BACKGROUND].astype(np.float32).astype(float)
    some = x if kind == "path" else x[-N_SCALED:]
    peer, other = timed(lambda: theirs(model, some, background))
    own, found = timed(lambda: shapley(model, x, background=background, kind=kind).values)
    peer *= len(x) / len(some)
    apart = np.abs(found[-len(some) :] - other).max() / np.ptp(model.predict(x))
    scaled = "" if len(some) == len(x) else f" (scaled from {len(some)} rows)"
    print(f"{name}, {kind}: astrokit {own:.1f} s, shap {peer:.0f} s{scaled}: {peer / own:.1f} x ", end="")
    print(f"(goal {GOALS[kind]}); {apart:.1e} of the range apart (goal 1e-3)")


def main() -> None:
    warnings.simplefilter("ignore")
    x, y = world()
    for name, model in MODELS.items():
        model.fit(x, y)
        shapley(model, x[:1_000])  # imports and first call
        for kind in GOALS:
            compare(name, model, kind, x)


if __name__ == "__main__":
    main()
