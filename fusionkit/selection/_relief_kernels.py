"""Compiled loops of the Relief family: distances in blocks, neighbours, sums of differences.

A difference in one feature is ``|a - b|`` of the scaled values, or 1 where it exceeds the feature's ramp. A ramp of 0
makes a categorical feature (same or different), one of infinity a plain numeric one.
"""

import numpy as np
from numba import njit

__all__ = ["MULTISURF", "RELIEFF", "SURF", "SURFSTAR", "mean_distance", "relief_scores"]

RELIEFF, SURF, SURFSTAR, MULTISURF = range(4)
BLOCK = 16
"""Patients whose distances to all others are held at a time."""
TILE = 256
"""Patients that these are compared with before moving on, so that both stay in the cache."""
TOLERANCE = 1e-12
"""Relative distance from a threshold below which a neighbour lies on it."""


@njit(cache=True, nogil=True)
def _distances(columns, ramps, missing, first, last, shared, out):
    """Fill out[b, j] with the distance of patients first + b and j; per shared feature where values are missing."""
    n_features, n = columns.shape
    out[:] = 0.0
    shared[:] = 0.0
    for start in range(0, n, TILE):
        stop = min(start + TILE, n)
        for f in range(n_features):
            others, ramp = columns[f, start:stop], ramps[f]
            for b in range(last - first):
                value, row = columns[f, first + b], out[b, start:stop]
                if missing:
                    count = shared[b, start:stop]
                    for j in range(others.size):
                        d = abs(value - others[j])
                        known = d == d
                        row[j] += (1.0 if d > ramp else d) if known else 0.0
                        count[j] += 1.0 if known else 0.0
                elif ramp == 0.0:
                    for j in range(others.size):
                        row[j] += 1.0 if value != others[j] else 0.0
                else:
                    for j in range(others.size):
                        row[j] += abs(value - others[j])
    if missing:
        for b in range(last - first):
            for j in range(n):
                out[b, j] = out[b, j] / shared[b, j] if shared[b, j] > 0 else np.nan


@njit(cache=True, nogil=True)
def mean_distance(columns, ramps):
    """Mean of all n x n distances with missing values; a patient's distance to itself is counted, as 0."""
    n = columns.shape[1]
    block, shared = np.empty((BLOCK, n)), np.empty((BLOCK, n))
    total, count = 0.0, 0
    for first in range(0, n, BLOCK):
        last = min(first + BLOCK, n)
        _distances(columns, ramps, True, first, last, shared, block)
        for b in range(last - first):
            for j in range(n):
                if block[b, j] == block[b, j]:
                    total += block[b, j]
                    count += 1
    return total / count


@njit(cache=True, nogil=True)
def _groups_of(y, i, hit_radius, groups):
    """Fill groups: 0 for a hit of patient i, above 0 for a miss (1 + class, or 1 in regression)."""
    for j in range(y.size):
        if hit_radius >= 0.0:
            groups[j] = 0 if abs(y[j] - y[i]) < hit_radius else 1
        else:
            groups[j] = 0 if y[j] == y[i] else 1 + int(y[j])


@njit(cache=True, nogil=True)
def _nearest_per_group(distances, groups, i, best_distance, best_index, found, chosen):
    """Mark the nearest of each group; the first in order among equally near."""
    k = best_distance.shape[1]
    found[:] = 0
    for j in range(distances.size):
        g, d = groups[j], distances[j]
        if j == i or d != d or (found[g] == k and d >= best_distance[g, k - 1]):
            continue
        place = min(found[g], k - 1)
        while place > 0 and best_distance[g, place - 1] > d:
            best_distance[g, place] = best_distance[g, place - 1]
            best_index[g, place] = best_index[g, place - 1]
            place -= 1
        best_distance[g, place], best_index[g, place] = d, j
        found[g] = min(found[g] + 1, k)
    for g in range(found.size):
        for place in range(found[g]):
            chosen[best_index[g, place]] = 1


@njit(cache=True, nogil=True)
def _within(distances, i, threshold, far, chosen):
    """Mark patients nearer than the threshold with 1 and, if asked, those farther with 2."""
    low, high = threshold * (1.0 - TOLERANCE), threshold * (1.0 + TOLERANCE)
    for j in range(distances.size):
        if j == i:
            continue
        if distances[j] < low:
            chosen[j] = 1
        elif far and distances[j] > high:
            chosen[j] = 2


@njit(cache=True, nogil=True)
def _own_threshold(distances, i):
    """Mean distance of a patient to the others, less half their standard deviation."""
    total, count = 0.0, 0
    for j in range(distances.size):
        if j != i and distances[j] == distances[j]:
            total += distances[j]
            count += 1
    if count == 0:
        return 0.0
    mean, spread = total / count, 0.0
    for j in range(distances.size):
        if j != i and distances[j] == distances[j]:
            spread += (distances[j] - mean) ** 2
    return mean - 0.5 * np.sqrt(spread / count)


@njit(cache=True, nogil=True)
def _add_differences(row, other, ramps, missing, total, count):
    """Add the differences of two patients, feature by feature."""
    if missing:
        for f in range(row.size):
            d = abs(row[f] - other[f])
            known = d == d
            total[f] += (1.0 if d > ramps[f] else d) if known else 0.0
            count[f] += 1.0 if known else 0.0
    else:
        for f in range(row.size):
            d = abs(row[f] - other[f])
            total[f] += 1.0 if d > ramps[f] else d


@njit(cache=True, nogil=True)
def _add_scores(totals, counts, n_miss_classes, weight, scores):
    """Add one patient's part: the mean difference to its misses less that to its hits.

    A miss class counts by its share of the misses found.
    """
    for f in range(scores.size):
        n_misses = 0.0
        for g in range(1, totals.shape[0]):
            n_misses += counts[g, f]
        part = 0.0
        if n_misses > 0.0:
            for g in range(1, totals.shape[0]):
                part += totals[g, f] * (counts[g, f] / n_misses) * n_miss_classes
            part /= n_misses
        if counts[0, f] > 0.0:
            part -= totals[0, f] / counts[0, f]
        scores[f] += weight * part


@njit(cache=True, nogil=True)
def relief_scores(rows, columns, ramps, distance_ramps, missing, y, hit_radius, n_classes, method, k, threshold):
    """Return the score of each feature.

    `rows` and `columns` are the same scaled features, by patient and by feature. `y` holds class codes, or the
    outcome of a regression, where two patients nearer than `hit_radius` (else -1) are hits.
    """
    n, n_features = rows.shape
    n_groups = n_classes + 1 if hit_radius < 0.0 else 2
    n_miss_classes = n_classes - 1 if hit_radius < 0.0 else 1
    n_sets = 2 if method == SURFSTAR else 1
    distances, shared = np.empty((BLOCK, n)), np.empty((BLOCK, n))
    groups, chosen = np.empty((BLOCK, n), np.int64), np.empty((BLOCK, n), np.int8)
    best_distance, best_index = np.empty((n_groups, k)), np.empty((n_groups, k), np.int64)
    found = np.empty(n_groups, np.int64)
    totals = np.empty((BLOCK, n_groups, n_features))
    counts = np.empty((BLOCK, n_groups, n_features))
    scores = np.zeros(n_features)
    for first in range(0, n, BLOCK):
        last = min(first + BLOCK, n)
        _distances(columns, distance_ramps, missing, first, last, shared, distances)
        chosen[:] = 0
        for b in range(last - first):
            _groups_of(y, first + b, hit_radius, groups[b])
            if method == RELIEFF:
                _nearest_per_group(distances[b], groups[b], first + b, best_distance, best_index, found, chosen[b])
            else:
                limit = _own_threshold(distances[b], first + b) if method == MULTISURF else threshold
                _within(distances[b], first + b, limit, method == SURFSTAR, chosen[b])
        for which in range(1, n_sets + 1):
            totals[:] = 0.0
            counts[:] = 0.0
            for start in range(0, n, TILE):
                for b in range(last - first):
                    for j in range(start, min(start + TILE, n)):
                        if chosen[b, j] == which:
                            g = groups[b, j]
                            _add_differences(rows[first + b], rows[j], ramps, missing, totals[b, g], counts[b, g])
                            if not missing:
                                counts[b, g, 0] += 1.0
            for b in range(last - first):
                if not missing:
                    for g in range(n_groups):
                        counts[b, g, :] = counts[b, g, 0]
                _add_scores(totals[b], counts[b], n_miss_classes, (1.0 if which == 1 else -1.0) / n, scores)
    return scores
