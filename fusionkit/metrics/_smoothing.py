"""Local linear regression (Cleveland 1979), for the calibration curve; of one cohort, or of many resamples at once."""

import numpy as np

__all__ = ["lowess", "resampled_lowess"]

NARROW = 0.001
"""Neighbours that spread less than this share of the range get their mean instead of a line."""

LARGEST_BLOCK = 4_000_000
"""Weights at a time, 8 bytes each."""


def _local_weights(x, at, n_neighbours):
    """Tricube weight of every patient for the line at one point."""
    distance = np.abs(x - at)
    radius = np.partition(distance, n_neighbours - 1)[n_neighbours - 1]
    if radius == 0:
        return (distance == 0).astype(float)
    weight = np.where(distance <= radius * 0.001, 1.0, (1 - np.minimum(distance / radius, 1) ** 3) ** 3)
    return np.where(distance < radius * 0.999, weight, 0.0)


def resampled_lowess(x, y, counts, *, frac=2 / 3):
    """Return a smooth of y at each x in cohorts in which each patient counts so often, without robustness steps.

    Parameters
    ----------
    x, y : arrays of shape (n,)
        Finite; in any order.
    counts : array of shape (n_resamples, n)
        Not negative. The windows are those of the whole cohort, in which everybody counts once.
    frac : float, default=0.6666666666666666
        Share of points that each local line uses, in (0, 1].

    Returns
    -------
    smooth : array of shape (n_resamples, n)
        In the order of x; NaN where no patient of a window was drawn.

    Raises
    ------
    ValueError
        If there are fewer than three points, or ``frac`` leaves fewer than two neighbours.
    """
    n_neighbours = int(frac * x.size + 1e-10)
    if x.size < 3 or not 2 <= n_neighbours <= x.size:
        raise ValueError(f"frac={frac!r} of {x.size} points gives {n_neighbours} neighbours: 2 or more are needed")
    points, where = np.unique(x, return_inverse=True)
    blocks = np.array_split(points, 1 + points.size * x.size // LARGEST_BLOCK)
    return np.hstack([_lines(x, y, block, counts, n_neighbours) for block in blocks])[:, where]


def _lines(x, y, points, counts, n_neighbours):
    """The local lines' values at some points, (n_resamples, n_points)."""
    weights = np.array([_local_weights(x, at, n_neighbours) for at in points])
    lead = x - points[:, None]
    total, lead_sum, square_sum, y_sum, product_sum = (
        counts @ (weights * part).T for part in (1.0, lead, lead**2, y, lead * y)
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        centre, level = lead_sum / total, y_sum / total
        spread = square_sum / total - centre**2
        slope = (product_sum / total - centre * level) / spread
    flat = ~(np.sqrt(np.maximum(spread, 0)) > NARROW * np.ptp(x))
    return np.where(flat, level, level - slope * centre)


def lowess(x, y, *, frac=2 / 3):
    """Return a smooth of y at each x, without robustness steps.

    Parameters
    ----------
    x, y : arrays of shape (n,)
        Finite; in any order.
    frac : float, default=0.6666666666666666
        Share of points that each local line uses, in (0, 1].

    Returns
    -------
    smooth : array of shape (n,)
        In the order of x.

    Raises
    ------
    ValueError
        If there are fewer than three points, or ``frac`` leaves fewer than two neighbours.
    """
    return resampled_lowess(x, y, np.ones((1, x.size)), frac=frac)[0]
