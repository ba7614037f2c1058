"""Local linear regression (Cleveland 1979), for the calibration curve."""

import numpy as np

__all__ = ["lowess"]


def _local_fit(x, y, at, n_neighbours):
    """Value at one point of the tricube-weighted line through its nearest neighbours; x sorted."""
    distance = np.abs(x - at)
    radius = np.partition(distance, n_neighbours - 1)[n_neighbours - 1]
    if radius == 0:
        return y[distance == 0].mean()
    near = distance < radius * 0.999
    weight = np.where(distance[near] <= radius * 0.001, 1.0, (1 - (distance[near] / radius) ** 3) ** 3)
    weight /= weight.sum()
    centre = weight @ x[near]
    spread = weight @ (x[near] - centre) ** 2
    if np.sqrt(spread) <= 0.001 * (x[-1] - x[0]):
        return weight @ y[near]
    slope = weight @ ((x[near] - centre) * y[near]) / spread
    return weight @ y[near] + slope * (at - centre)


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
    n_neighbours = int(frac * x.size + 1e-10)
    if x.size < 3 or not 2 <= n_neighbours <= x.size:
        raise ValueError(f"frac={frac!r} of {x.size} points gives {n_neighbours} neighbours: 2 or more are needed")
    order = np.argsort(x, kind="stable")
    points, where = np.unique(x, return_inverse=True)
    return np.array([_local_fit(x[order], y[order], at, n_neighbours) for at in points])[where]
