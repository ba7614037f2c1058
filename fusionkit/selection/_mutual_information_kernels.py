"""Compiled loops of mutual information: neighbours on a line and in the plane, from sorted columns."""

import numpy as np
from numba import njit

__all__ = ["with_classes", "with_numbers"]


@njit(cache=True, nogil=True)
def _count_within(line, place, value, squared_radius):
    """How many values of a sorted line have a squared distance of at most that from a value, which stands at place."""
    first, last = place, place
    while first > 0 and (value - line[first - 1]) ** 2 <= squared_radius:
        first -= 1
    while last < line.size and (line[last] - value) ** 2 <= squared_radius:
        last += 1
    return last - first


@njit(cache=True, nogil=True)
def _kth_distance(line, i, k):
    """Distance of the i-th value of a sorted line to its k-th nearest neighbour."""
    left, right, distance = i - 1, i + 1, 0.0
    for _ in range(k):
        to_left = line[i] - line[left] if left >= 0 else np.inf
        to_right = line[right] - line[i] if right < line.size else np.inf
        if to_left <= to_right:
            distance = to_left
            left -= 1
        else:
            distance = to_right
            right += 1
    return distance


@njit(cache=True, nogil=True)
def with_classes(lines, grouped, starts, k, digamma, out):
    """Fill out with the information of each numeric feature on the class (Ross 2014).

    `lines` (n_features, n) holds each feature sorted, `grouped` the same sorted within each class, class c from
    starts[c] to starts[c + 1]; every class has two members or more. `digamma` is a table for whole numbers.
    """
    n = lines.shape[1]
    for f in range(lines.shape[0]):
        total = 0.0
        for c in range(starts.size - 1):
            members = grouped[f, starts[c] : starts[c + 1]]
            k_here, place = min(k, members.size - 1), 0
            for i in range(members.size):
                while lines[f, place] < members[i]:
                    place += 1
                radius = np.nextafter(_kth_distance(members, i, k_here), 0.0)
                total -= digamma[_count_within(lines[f], place, members[i], radius * radius)]
            total += members.size * (digamma[k_here] - digamma[members.size])
        out[f] = max(0.0, digamma[n] + total / n)


@njit(cache=True, nogil=True)
def _kth_distance_in_plane(x, y, i, k, best):
    """Chebyshev distance of point i to its k-th nearest, x ascending; best is a buffer of k numbers."""
    best[:] = np.inf
    left, right = i - 1, i + 1
    while True:
        to_left = x[i] - x[left] if left >= 0 else np.inf
        to_right = x[right] - x[i] if right < x.size else np.inf
        dx = min(to_left, to_right)
        if dx >= best[k - 1]:
            return best[k - 1]
        if to_left <= to_right:
            other = left
            left -= 1
        else:
            other = right
            right += 1
        d = max(dx, abs(y[other] - y[i]))
        if d < best[k - 1]:
            place = k - 1
            while place > 0 and best[place - 1] > d:
                best[place] = best[place - 1]
                place -= 1
            best[place] = d


@njit(cache=True, nogil=True)
def _count_on_line(line, value, radius):
    """How many values of a sorted line lie within the radius of a value."""
    low, high = 0, np.searchsorted(line, value)
    right = high
    while low < high:
        middle = (low + high) // 2
        if value - line[middle] <= radius:
            high = middle
        else:
            low = middle + 1
    first, low, high = low, right, line.size
    while low < high:
        middle = (low + high) // 2
        if line[middle] - value <= radius:
            low = middle + 1
        else:
            high = middle
    return low - first


@njit(cache=True, nogil=True)
def with_numbers(columns, orders, y, y_line, k, digamma, out):
    """Fill out with the information of each numeric feature on a numeric outcome (Kraskov et al. 2004).

    `columns` (n_features, n), `orders` the argsort of each, `y_line` the outcome sorted.
    """
    n = y.size
    x_line, y_here, best = np.empty(n), np.empty(n), np.empty(k)
    for f in range(columns.shape[0]):
        for i in range(n):
            x_line[i] = columns[f, orders[f, i]]
            y_here[i] = y[orders[f, i]]
        total = 0.0
        for i in range(n):
            radius = np.nextafter(_kth_distance_in_plane(x_line, y_here, i, k, best), 0.0)
            total += digamma[_count_on_line(x_line, x_line[i], radius)]
            total += digamma[_count_on_line(y_line, y_here[i], radius)]
        out[f] = max(0.0, digamma[n] + digamma[k] - total / n)
