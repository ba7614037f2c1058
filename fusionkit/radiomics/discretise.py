"""Grey levels: intensities put into bins exactly as pyradiomics does, once for all texture classes."""

from dataclasses import dataclass

import numpy as np

from fusionkit.exceptions import CaseError
from fusionkit.radiomics.compiled import kernel

__all__ = ["GreyLevels", "bin_edges", "discretise"]

MAX_BINS = 1_000_000
"""More bins than this are a mistake in the settings, not a histogram."""

_MAX_LEVELS = np.iinfo(np.uint16).max - 1
"""Ranks of grey levels are kept in 16 bits."""


@dataclass(frozen=True)
class GreyLevels:
    """The discretised intensities of a region.

    Parameters
    ----------
    ranks : ndarray of shape (n_voxels,), uint16
        For each voxel of the region, the position of its grey level in ``levels``, counted from 1.
    levels : ndarray of shape (n_levels,), int64
        The grey levels that occur, ascending, at least 1.
    counts : ndarray of shape (n_levels,), int64
        How many voxels carry each of them.
    """

    ranks: np.ndarray
    levels: np.ndarray
    counts: np.ndarray

    @property
    def highest(self):
        """The highest grey level, which pyradiomics calls Ng; levels that do not occur count."""
        return int(self.levels[-1])


def bin_edges(values, settings, *, ibsi=False):
    """Return the edges of the bins, ascending; a bin holds its lower edge and not its upper.

    Parameters
    ----------
    values : ndarray of shape (n_voxels,)
        The intensities inside the region in the type of the image: pyradiomics computes the edges of a float32
        image in float32. Integers are computed without overflow, which pyradiomics does not guarantee.
    settings : mapping
        ``binWidth`` (25 when absent) or ``binCount``, which wins when both are there.
    ibsi : bool, default=False
        Whether bins of fixed width begin at the lowest intensity, or at the lower end of ``resegmentRange`` when
        that is given, as IBSI has it, and not at a multiple of the width.

    Returns
    -------
    edges : ndarray of shape (n_edges,)

    Raises
    ------
    CaseError
        If there would be more than a million bins, or bins narrower than two numbers can be apart.
    """
    count = settings.get("binCount")
    if count is not None:
        return _equal_bins(values, count)
    width = settings.get("binWidth", 25)
    low, high = values.min(), values.max()
    if values.dtype.kind in "iub":
        low, high = int(low), int(high)
    if float(high) - float(low) > MAX_BINS * float(width):
        raise CaseError(
            f"intensities from {float(low):g} to {float(high):g} give more than {MAX_BINS} bins of width {width}.",
            "Choose a larger binWidth, or binCount, or normalise the image.",
        )
    if ibsi:
        resegment = settings.get("resegmentRange")
        return np.arange(low if not resegment else min(resegment[0], low), high + 2 * width, width)
    return np.arange(low - (low % width), high + 2 * width, width)


def _equal_bins(values, count):
    """Edges of bins of equal width, the last of which holds the maximum too."""
    try:
        edges = np.histogram_bin_edges(values, count)
    except ValueError:
        raise CaseError(
            f"intensities from {float(values.min()):.9g} to {float(values.max()):.9g} are too close for {count} bins.",
            "Check the mask and the image, or choose a smaller binCount.",
        ) from None
    edges[-1] += 1
    return edges


def discretise(values, settings, *, ibsi=False):
    """Return the grey levels of the intensities in a region.

    Parameters
    ----------
    values : ndarray of shape (n_voxels,)
        The intensities in the type of the image, all finite; at least one.
    settings : mapping
        See :func:`bin_edges`.
    ibsi : bool, default=False
        See :func:`bin_edges`.

    Returns
    -------
    grey : GreyLevels

    Raises
    ------
    CaseError
        If there would be more grey levels than any texture matrix can hold.
    """
    edges = bin_edges(values, settings, ibsi=ibsi).astype(np.float64)
    level_of_voxel = _digitise(np.ascontiguousarray(values, dtype=np.float64), edges)
    counts = np.bincount(level_of_voxel)
    levels = np.flatnonzero(counts)
    if levels.size > _MAX_LEVELS:
        raise CaseError(
            f"{levels.size} different grey levels after discretisation, at most {_MAX_LEVELS} can be handled.",
            "Choose a larger binWidth, or binCount.",
        )
    rank_of_level = np.zeros(counts.size, dtype=np.uint16)
    rank_of_level[levels] = np.arange(1, levels.size + 1)
    return GreyLevels(rank_of_level[level_of_voxel], levels, counts[levels])


@kernel
def _digitise(values, edges):
    """``numpy.digitize`` for edges that are almost evenly spaced: guess the bin, then correct by comparison."""
    last = edges.size - 1
    per_unit = 1.0 / (edges[1] - edges[0])
    levels = np.empty(values.size, dtype=np.int32)
    for i in range(values.size):
        value = values[i]
        k = min(max(int((value - edges[0]) * per_unit), 0), last)
        while k > 0 and value < edges[k]:
            k -= 1
        while k < last and value >= edges[k + 1]:
            k += 1
        levels[i] = k + 1
    return levels
