"""The steps as plain Python loops over rows, written apart from the package: what the tests compare with."""

import math

import numpy as np


def inside(polygon, px, py):
    crossings = 0
    for i in range(len(polygon)):
        (xi, yi), (xj, yj) = polygon[i - 1], polygon[i]
        if (yi > py) != (yj > py) and px < (xj - xi) * (py - yi) / (yj - yi) + xi:
            crossings += 1
    return crossings % 2 == 1


def lasso(x, y, polygon):
    # The edge runs from a vertex to the next, as in the package: the rounding of a crossing depends on it.
    edges = [tuple(map(float, vertex)) for vertex in polygon]
    pairs = [(float(px), float(py)) for px, py in zip(x, y, strict=True)]
    return np.array([all(map(math.isfinite, p)) and inside(edges, *p) for p in pairs], dtype=bool)


def box(x, y, x0, x1, y0, y1):
    # As Python floats: beside a float32, NumPy would round the edges.
    pairs = zip(x.tolist(), y.tolist(), strict=True)
    return np.array([x0 <= px < x1 and y0 <= py < y1 for px, py in pairs], dtype=bool)


def nearest(x, y, px, py, k):
    finite = [i for i in range(len(x)) if math.isfinite(x[i]) and math.isfinite(y[i])]
    finite.sort(key=lambda i: ((float(x[i]) - px) ** 2 + (float(y[i]) - py) ** 2, i))
    return np.isin(np.arange(len(x)), finite[:k])


def value_range(values, low, high):
    low, high = -math.inf if low is None else low, math.inf if high is None else high
    return np.array([low <= value <= high for value in values.tolist()], dtype=bool)


def combined(mask, other, how):
    pairs = zip(mask.tolist(), other.tolist(), strict=True)
    rules = {
        "new": lambda a, b: b,
        "and": lambda a, b: a and b,
        "or": lambda a, b: a or b,
        "minus": lambda a, b: a and not b,
    }
    return np.array([rules[how](a, b) for a, b in pairs], dtype=bool)
