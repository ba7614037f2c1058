"""Features of a moving neighbourhood, on arrays."""

from dataclasses import dataclass
from itertools import product

import numpy as np

from fusionkit.exceptions import CaseError
from fusionkit.radiomics.catalogue import check_enabled
from fusionkit.radiomics.cooccurrence import COOCCURRENCE_STATISTICS, second_correlations
from fusionkit.radiomics.discretise import GreyLevels, discretise
from fusionkit.radiomics.firstorder import first_order_statistics
from fusionkit.radiomics.map_kernels import map_neighbours, map_runs, map_zones
from fusionkit.radiomics.matrices import angles, flat_steps, padded_grid, zone_steps
from fusionkit.radiomics.statistics import SIZE_STATISTICS, TONE_STATISTICS
from fusionkit.radiomics.texture import SIZE_NAMES, angle_weights, force2d_axis, mean_over_directions

__all__ = ["compute_maps"]

_BATCH_BYTES = 64 * 2**20
"""Working memory for the voxels that are computed together."""


def compute_maps(image, mask, spacing_mm, settings, enabled, *, ibsi=False):
    """Return each feature's value in the neighbourhood of every voxel of a region.

    Parameters
    ----------
    image : ndarray of shape (n_z, n_y, n_x)
        Intensities, in the type that the image has; the region and, where the image has them, ``kernelRadius``
        voxels on each side.
    mask : ndarray of shape (n_z, n_y, n_x), bool
        The region.
    spacing_mm : tuple of float
        The voxel's size along z, y, x.
    settings : mapping
        As for :func:`~fusionkit.radiomics.features.compute_features`, and pyradiomics's ``kernelRadius`` (1 when
        absent), ``maskedKernel`` (True: only voxels of the region count), ``initValue`` (0) and ``voxelBatch`` (how
        many voxels are computed together at most).
    enabled : mapping of str to list of str or None
        The feature classes wanted, each with the names of its features, None for all; shape classes are left out.
    ibsi : bool, default=False
        Whether to give IBSI's value where pyradiomics departs from it.

    Returns
    -------
    maps : dict of str to ndarray of shape (n_z, n_y, n_x), float64
        ``initValue`` outside the region. A feature is averaged over the directions in which it is defined, and NaN
        where there is none; pyradiomics gives NaN for JointAverage, and no MCC at all, as soon as one is missing.

    Raises
    ------
    CaseError
        If the neighbourhoods hold NaN or infinity, or there are too many grey levels.
    ValueError
        If ``enabled`` names something that the catalogue does not have.
    """
    wanted = {name: names for name, names in check_enabled(enabled).items() if not name.startswith("shape")}
    surroundings = _Surroundings(image, mask, spacing_mm, settings, ibsi)
    maps = {
        f"{feature_class}_{name}": np.full(image.shape, settings.get("initValue", 0), dtype=np.float64)
        for feature_class, names in wanted.items()
        for name in names
    }
    batch = surroundings.batch_size(mcc="MCC" in wanted.get("glcm", ()))
    for start in range(0, len(surroundings.centres), batch):
        centres = surroundings.centres[start : start + batch]
        values = _features_around(surroundings, centres, wanted)
        for name, of_voxel in values.items():
            maps[name][tuple(centres.T)] = of_voxel
    return maps


@dataclass
class _Surroundings:
    """What all batches share: grey levels on a padded grid, the kernel and its directions."""

    image: np.ndarray
    mask: np.ndarray
    spacing_mm: tuple
    settings: dict
    ibsi: bool

    def __post_init__(self):
        self.radius = self.settings.get("kernelRadius", 1)
        axis = force2d_axis(self.settings)
        self.reach = np.array([0 if a == axis else self.radius for a in range(3)])
        self.centres = np.argwhere(self.mask)
        counted = self.mask if self.settings.get("maskedKernel", True) else np.ones_like(self.mask)
        values = self.image[counted]
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            raise CaseError(
                f"{np.count_nonzero(~np.isfinite(values))} voxels around the region are NaN or infinite.",
                "Repair the image, or leave these voxels out of the mask and set maskedKernel to true.",
            )
        self.grey: GreyLevels = discretise(values, self.settings, ibsi=self.ibsi)
        self.grid = padded_grid(counted, self.grey.ranks, self.radius)
        self.intensities = np.pad(np.where(counted, self.image, 0).astype(np.float64), self.radius)
        self.angles = angles(self.mask.shape, self.settings.get("distances", [1]), axis)
        self.next_angles = angles(self.mask.shape, [1], axis)

    def batch_size(self, *, mcc):
        """How many voxels to compute together: as many as the working memory holds, voxelBatch at most."""
        neighbours = int(np.prod(2 * self.reach + 1))
        local_levels = min(neighbours, self.grey.levels.size)
        per_voxel = 8 * (40 * neighbours + 16 * len(self.angles) * 3 + 2 * self.grey.levels.size)
        if mcc:
            per_voxel += 8 * 4 * len(self.angles) * local_levels**2
        asked = self.settings.get("voxelBatch") or -1
        fitting = max(1, _BATCH_BYTES // per_voxel)
        return min(asked, fitting) if asked > 0 else fitting

    def corners(self, centres):
        """Lowest corner of each voxel's neighbourhood in the padded grid."""
        return centres + self.radius - self.reach

    def patch(self, pad):
        """An empty neighbourhood with a border."""
        return np.zeros(tuple(2 * self.reach + 1 + 2 * pad), dtype=np.uint16)


def _features_around(surroundings, centres, wanted):
    """``{key: values of the voxels}`` of the wanted features."""
    calculated = {}
    if "firstorder" in wanted:
        calculated["firstorder"] = _first_order(surroundings, centres)
    if not wanted.keys().isdisjoint({"glcm", "gldm", "ngtdm"}):
        calculated |= _neighbour_classes(surroundings, centres, wanted.get("glcm", ()))
    if "glrlm" in wanted:
        calculated["glrlm"] = _run_lengths(surroundings, centres)
    if "glszm" in wanted:
        calculated["glszm"] = _zones(surroundings, centres)
    return {
        f"{feature_class}_{name}": calculated[feature_class][name]
        for feature_class in wanted
        for name in wanted[feature_class]
    }


def _first_order(surroundings, centres):
    """First-order features; neighbourhoods with equally many voxels are computed together."""
    offsets = np.array(list(product(*(range(-reach, reach + 1) for reach in surroundings.reach))))
    strides = np.array(surroundings.grid.strides) // surroundings.grid.itemsize
    places = ((centres + surroundings.radius) @ strides)[:, None] + offsets @ strides
    ranks, intensities = surroundings.grid.ravel()[places], surroundings.intensities.ravel()[places]
    inside = ranks > 0
    sizes = inside.sum(axis=1)
    n_levels = surroundings.grey.levels.size
    features = {}
    for size in np.unique(sizes):
        rows = np.flatnonzero(sizes == size)
        chosen = inside[rows]
        at_level = ranks[rows][chosen].reshape(-1, size) - 1 + n_levels * np.arange(len(rows))[:, None]
        counts = np.bincount(at_level.ravel(), minlength=n_levels * len(rows)).reshape(-1, n_levels)
        computed = first_order_statistics(
            intensities[rows][chosen].reshape(-1, size),
            counts,
            float(np.prod(surroundings.spacing_mm)),
            surroundings.settings.get("voxelArrayShift", 0),
            ibsi=surroundings.ibsi,
        )
        for name, values in computed.items():
            features.setdefault(name, np.empty(len(centres)))[rows] = values
    return features


def _neighbour_classes(surroundings, centres, glcm_names):
    """GLCM, if any of its features is wanted, GLDM and NGTDM, which share their counting."""
    settings, directions = surroundings.settings, surroundings.angles
    pad = max(settings.get("distances", [1]))
    patch = surroundings.patch(pad)
    merged = settings.get("weightingNorm") is not None
    n, n_matrices = len(centres), 1 if merged else len(directions)
    pairs = np.empty((n if glcm_names else 0, n_matrices, len(COOCCURRENCE_STATISTICS)))
    sizes = np.empty((n, 1, len(SIZE_STATISTICS)))
    tones = np.empty((n, 1, len(TONE_STATISTICS)))
    n_joint = min(int(np.prod(2 * surroundings.reach + 1)), surroundings.grey.levels.size)
    n_mcc = n if "MCC" in glcm_names else 0
    joint = np.zeros((n_mcc, n_matrices, n_joint, n_joint))
    used = np.zeros((n_mcc, n_matrices), dtype=np.int64)
    map_neighbours(
        surroundings.grid,
        surroundings.corners(centres),
        pad,
        patch,
        flat_steps(directions, patch.shape),
        surroundings.grey.levels,
        int(settings.get("gldm_a", 0)),
        angle_weights("glcm", settings.get("weightingNorm"), directions, surroundings.spacing_mm),
        merged,
        bool(settings.get("symmetricalGLCM", True) or surroundings.ibsi),
        surroundings.ibsi,
        pairs,
        sizes,
        tones,
        joint,
        used,
    )
    glcm = _named(COOCCURRENCE_STATISTICS, pairs)
    if n_mcc:
        glcm["MCC"] = _correlations(joint, used, surroundings.grey.levels.size)
    return {"glcm": glcm, "gldm": _named(SIZE_NAMES["gldm"], sizes), "ngtdm": _named(TONE_STATISTICS, tones)}


def _correlations(joint, used, n_levels):
    """MCC of every voxel; matrices of one size are decomposed together.

    Where one level occurs in a direction, but several in the region, the second largest eigenvalue is 0.
    """
    mcc = np.full(used.shape, np.nan)
    for size in np.unique(used[used > 0]):
        chosen = used == size
        padded = max(size, min(2, n_levels))
        mcc[chosen] = second_correlations(joint[chosen][:, :padded, :padded])
    return mean_over_directions(mcc[..., None])[:, 0]


def _run_lengths(surroundings, centres):
    settings, directions = surroundings.settings, surroundings.next_angles
    patch = surroundings.patch(1)
    merged = settings.get("weightingNorm") is not None
    sizes = np.empty((len(centres), 1 if merged else len(directions), len(SIZE_STATISTICS)))
    map_runs(
        surroundings.grid,
        surroundings.corners(centres),
        patch,
        directions,
        flat_steps(directions, patch.shape),
        surroundings.grey.levels,
        angle_weights("glrlm", settings.get("weightingNorm"), directions, surroundings.spacing_mm),
        merged,
        sizes,
    )
    return _named(SIZE_NAMES["glrlm"], sizes)


def _zones(surroundings, centres):
    patch = surroundings.patch(1)
    sizes = np.empty((len(centres), 1, len(SIZE_STATISTICS)))
    steps = zone_steps(surroundings.next_angles, patch.shape)
    map_zones(surroundings.grid, surroundings.corners(centres), patch, steps, surroundings.grey.levels, sizes)
    return _named(SIZE_NAMES["glszm"], sizes)


def _named(names, rows):
    """``{name: values of the voxels}``, averaged over the directions."""
    means = mean_over_directions(rows)
    return {name: means[:, column] for column, name in enumerate(names) if name}
