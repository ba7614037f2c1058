"""Texture features of a region: which matrices a class needs, and how its directions are averaged or merged."""

import numpy as np

from fusionkit.exceptions import CaseError
from fusionkit.radiomics.cooccurrence import (
    COOCCURRENCE_STATISTICS,
    cooccurrence_statistics,
    joint_probabilities,
    second_correlations,
)
from fusionkit.radiomics.matrices import (
    angles,
    count_neighbours,
    count_runs,
    count_zones,
    flat_steps,
    padded_grid,
    spans_a_line,
    zone_steps,
)
from fusionkit.radiomics.statistics import SIZE_STATISTICS, TONE_STATISTICS, size_statistics, tone_statistics

__all__ = ["SIZE_NAMES", "TextureMatrices", "angle_weights", "force2d_axis", "mean_over_directions", "texture_features"]

MAX_MATRIX_BYTES = 2 * 2**30
"""Matrices larger than this are refused before memory is taken."""


def _size_names(small, large, nonuniformity, size, thing="", *, left_out=()):
    """The class's words for :data:`SIZE_STATISTICS`."""
    level = f"GrayLevel{thing}Emphasis"
    joint = "GrayLevelEmphasis"
    names = {
        "small": f"{small}Emphasis",
        "large": f"{large}Emphasis",
        "level_nonuniformity": "GrayLevelNonUniformity",
        "level_nonuniformity_normalised": "GrayLevelNonUniformityNormalized",
        "size_nonuniformity": f"{nonuniformity}NonUniformity",
        "size_nonuniformity_normalised": f"{nonuniformity}NonUniformityNormalized",
        "percentage": f"{size}Percentage",
        "level_variance": "GrayLevelVariance",
        "size_variance": f"{size}Variance",
        "entropy": f"{size}Entropy",
        "low_level": f"Low{level}",
        "high_level": f"High{level}",
        "small_low": f"{small}Low{joint}",
        "small_high": f"{small}High{joint}",
        "large_low": f"{large}Low{joint}",
        "large_high": f"{large}High{joint}",
    }
    return tuple(None if statistic in left_out else names[statistic] for statistic in SIZE_STATISTICS)


SIZE_NAMES = {
    "glrlm": _size_names("ShortRun", "LongRun", "RunLength", "Run", "Run"),
    "glszm": _size_names("SmallArea", "LargeArea", "SizeZone", "Zone", "Zone"),
    "gldm": _size_names(
        "SmallDependence",
        "LargeDependence",
        "Dependence",
        "Dependence",
        left_out=("level_nonuniformity_normalised", "percentage"),
    ),
}
"""Class -> its name for each of :data:`SIZE_STATISTICS`; None where pyradiomics does not have the feature."""

_GLCM_WEIGHTS = {
    "infinity": lambda steps: np.exp(-(steps.max(axis=1) ** 2)),
    "euclidean": lambda steps: np.exp(-(steps**2).sum(axis=1)),
    "manhattan": lambda steps: np.exp(-(steps.sum(axis=1) ** 2)),
    "no_weighting": lambda steps: np.ones(len(steps)),
    None: lambda steps: np.ones(len(steps)),
}
_GLRLM_WEIGHTS = {
    "infinity": lambda steps: steps.max(axis=1),
    "euclidean": lambda steps: np.sqrt((steps**2).sum(axis=1)),
    "manhattan": lambda steps: steps.sum(axis=1),
    "no_weighting": lambda steps: np.ones(len(steps)),
    None: lambda steps: np.ones(len(steps)),
}


def angle_weights(feature_class, norm, directions, spacing_mm):
    """Return the weight of each direction when matrices are merged.

    Parameters
    ----------
    feature_class : {"glcm", "glrlm"}
        A GLCM weighs by ``exp(-distance²)``, a GLRLM by the distance in mm.
    norm : {"infinity", "euclidean", "manhattan", "no_weighting", None}
        How the length of a step is measured; without a norm directions are not merged and have weight 1.
    directions : ndarray of shape (n_angles, 3)
        Steps along z, y, x.
    spacing_mm : tuple of float
        The voxel's size along z, y, x.

    Returns
    -------
    weights : ndarray of shape (n_angles,)

    Raises
    ------
    ValueError
        If the norm is unknown.
    """
    table = {"glcm": _GLCM_WEIGHTS, "glrlm": _GLRLM_WEIGHTS}[feature_class]
    if norm not in table:
        raise ValueError(f"weightingNorm must be one of {', '.join(map(repr, table))}; got {norm!r}")
    return table[norm](np.abs(directions) * np.asarray(spacing_mm))


def force2d_axis(settings):
    """Return the axis without neighbours that the settings ask for, or None.

    Parameters
    ----------
    settings : mapping
        ``force2D`` and ``force2Ddimension`` (0 when absent) are looked at.

    Returns
    -------
    axis : int or None
    """
    return settings.get("force2Ddimension", 0) if settings.get("force2D", False) else None


class TextureMatrices:
    """The texture matrices of a region, each counted when first asked for.

    Parameters
    ----------
    mask : ndarray of shape (n_z, n_y, n_x), bool
        The region on its bounding box.
    grey : GreyLevels
        The grey levels of its voxels.
    spacing_mm : tuple of float
        The voxel's size along z, y, x.
    settings : mapping
        pyradiomics's settings.
    ibsi : bool, default=False
        Whether the GLCM counts pairs in both orders whatever ``symmetricalGLCM`` says, and the NGTDM leaves out
        voxels without neighbours, as IBSI has it.
    """

    def __init__(self, mask, grey, spacing_mm, settings, ibsi=False):
        self.grey = grey
        self.spacing_mm = spacing_mm
        self.settings = settings
        self.ibsi = ibsi
        self.shape = mask.shape
        self.axis = force2d_axis(settings)
        self.distances = [int(distance) for distance in settings.get("distances", [1])]
        self.grid = padded_grid(mask, grey.ranks, max(self.distances))
        self._neighbours = None

    def neighbours(self):
        """Directions, GLCM counts, GLDM and NGTDM: they share one pass."""
        if self._neighbours is None:
            directions = angles(self.shape, self.distances, self.axis)
            n, n_levels = len(directions), self.grey.levels.size
            self._check_size(n, n_levels)
            cooccurrence = np.zeros((n, n_levels, n_levels), dtype=np.int32)
            dependence = np.zeros((n_levels, 2 * n + 1), dtype=np.int64)
            tone = np.zeros((n_levels, 3))
            alpha = int(self.settings.get("gldm_a", 0))
            steps = flat_steps(directions, self.grid.shape)
            count_neighbours(self.grid.ravel(), steps, self.grey.levels, alpha, cooccurrence, dependence, tone)
            self._neighbours = directions, cooccurrence, dependence, tone
        return self._neighbours

    def _check_size(self, n_directions, n_columns):
        """Refuse matrices of 4 bytes an entry that no sensible number of grey levels needs."""
        n_levels = self.grey.levels.size
        n_bytes = 4 * n_directions * n_levels * n_columns
        if n_bytes > MAX_MATRIX_BYTES:
            raise CaseError(
                f"{n_levels} grey levels in {n_directions} directions need {n_bytes / 2**30:.1f} GB.",
                "Choose a larger binWidth, or binCount; 16 to 128 grey levels are usual.",
            )

    def glcm(self):
        """Probabilities of shape (n_matrices, n_levels, n_levels), one matrix a direction or one for all."""
        directions, cooccurrence, _, _ = self.neighbours()
        weights = angle_weights("glcm", self.settings.get("weightingNorm"), directions, self.spacing_mm)
        merged = self.settings.get("weightingNorm") is not None
        p = np.zeros((1 if merged else len(directions), *cooccurrence.shape[1:]))
        symmetrical = bool(self.settings.get("symmetricalGLCM", True) or self.ibsi)
        joint_probabilities(cooccurrence, weights, merged, symmetrical, p)
        return p

    def glrlm(self):
        """Run lengths, and counts of shape (n_matrices, n_levels, n_lengths)."""
        directions = angles(self.shape, [1], self.axis)
        longest = max(self.shape)
        self._check_size(len(directions), longest)
        runs = np.zeros((len(directions), self.grey.levels.size, longest), dtype=np.int32)
        count_runs(self.grid.ravel(), flat_steps(directions, self.grid.shape), runs)
        lengths = np.flatnonzero(runs.any(axis=(0, 1)))
        runs = np.ascontiguousarray(runs[:, :, lengths], dtype=np.float64)
        for direction, counts in zip(directions, runs, strict=True):
            if not counts[:, 1:].any() and not spans_a_line(self.grid, *direction.tolist()):
                counts[:] = 0.0
        norm = self.settings.get("weightingNorm")
        if norm is not None:
            runs = np.tensordot(angle_weights("glrlm", norm, directions, self.spacing_mm), runs, axes=1)[None]
        return lengths + 1, runs

    def glszm(self):
        """Zone sizes, and counts of shape (1, n_levels, n_sizes)."""
        n_voxels = self.grey.ranks.size
        ranks, sizes = np.empty(n_voxels, dtype=np.int32), np.empty(n_voxels, dtype=np.int32)
        links = np.empty(self.grid.size, dtype=np.int32)
        steps = zone_steps(angles(self.shape, [1], self.axis), self.grid.shape)
        n_zones = count_zones(self.grid.ravel(), steps, links, ranks, sizes)
        distinct, column = np.unique(sizes[:n_zones], return_inverse=True)
        counts = np.zeros((1, self.grey.levels.size, distinct.size))
        np.add.at(counts[0], (ranks[:n_zones] - 1, column), 1.0)
        return distinct.astype(np.int64), counts

    def gldm(self):
        """Dependences (the voxel itself counts), and counts of shape (1, n_levels, n_dependences)."""
        dependence = self.neighbours()[2]
        occurring = np.flatnonzero(dependence.any(axis=0))
        return occurring + 1, np.ascontiguousarray(dependence[None, :, occurring], dtype=np.float64)

    def ngtdm(self):
        """Voxels by level, and their summed differences from their neighbourhood."""
        tone = self.neighbours()[3]
        counted = tone[:, 0] - tone[:, 2] if self.ibsi else tone[:, 0]
        return np.column_stack([counted, tone[:, 1]])


def texture_features(feature_class, matrices):
    """Return every feature of a texture class.

    Parameters
    ----------
    feature_class : {"glcm", "glrlm", "glszm", "gldm", "ngtdm"}
        The class.
    matrices : TextureMatrices
        The region's matrices.

    Returns
    -------
    features : dict of str to float
        By pyradiomics's feature name; NaN where no direction has an entry.
    """
    levels = matrices.grey.levels
    if feature_class == "ngtdm":
        out = np.empty(len(TONE_STATISTICS))
        tone_statistics(matrices.ngtdm(), levels, out)
        return dict(zip(TONE_STATISTICS, out.tolist(), strict=True))
    if feature_class == "glcm":
        p = matrices.glcm()
        rows = np.empty((len(p), len(COOCCURRENCE_STATISTICS)))
        for matrix, row in zip(p, rows, strict=True):
            cooccurrence_statistics(matrix, levels, matrices.grey.highest, row)
        named = dict(zip(COOCCURRENCE_STATISTICS, mean_over_directions(rows).tolist(), strict=True))
        return named | {"MCC": float(mean_over_directions(second_correlations(p)[:, None])[0])}
    sizes, counts = getattr(matrices, feature_class)()
    rows = np.empty((len(counts), len(SIZE_STATISTICS)))
    for matrix, row in zip(counts, rows, strict=True):
        size_statistics(matrix, levels, sizes, row)
    names = SIZE_NAMES[feature_class]
    return {name: value for name, value in zip(names, mean_over_directions(rows).tolist(), strict=True) if name}


def mean_over_directions(rows):
    """Return the mean of the directions in which a feature is defined.

    Parameters
    ----------
    rows : ndarray of shape (..., n_matrices, n_features), float64
        Values by direction; NaN where undefined.

    Returns
    -------
    means : ndarray of shape (..., n_features), float64
        NaN where a feature is defined in no direction.
    """
    defined = ~np.isnan(rows)
    n = defined.sum(axis=-2)
    total = np.where(defined, rows, 0.0).sum(axis=-2)
    return np.where(n > 0, total / np.maximum(n, 1), np.nan)
