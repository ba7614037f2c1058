"""Settings in combinations that nobody thinks of, drawn by chance, on small volumes in files, against pyradiomics."""

import numpy as np
import pytest
import SimpleITK as sitk
from scipy.ndimage import gaussian_filter

from fusionkit.exceptions import CaseError
from fusionkit.radiomics import extract_features
from tests.radiomics.agreement import disagreements

N_DRAWN = 20
ENDINGS = (".nrrd", ".nii.gz", ".nii", ".mha")
RANGES = {"i2": (-500, 800), "f4": (-500, 800), "u1": (0, 255), "f8": (0, 900), "u2": (0, 2000)}
INTERPOLATORS = ("sitkNearestNeighbor", "sitkLinear", "sitkBSpline", "sitkGaussian", "sitkLanczosWindowedSinc")
NO_PLANE = ["firstorder", "shape", "glcm", "glrlm", "glszm", "gldm", "ngtdm"]


class Draw:
    """A case and its settings, all from one seed."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.planar = self.chance(0.12)
        self.image, self.mask, self.label = self.case()
        self.document = {"setting": self.setting(), "imageType": self.image_types()}
        if self.document["setting"].get("force2D"):
            self.document["featureClass"] = dict.fromkeys(NO_PLANE)
        self.ending = ".nrrd" if self.planar else self.one_of(ENDINGS)

    def chance(self, share):
        return bool(self.rng.random() < share)

    def one_of(self, values):
        return values[int(self.rng.integers(len(values)))]

    def case(self):
        """A smooth volume and a ragged region, often at the border, at times of one slice; other labels around it."""
        shape = tuple(int(length) for length in self.rng.integers((8, 20, 20), (18, 28, 28)))
        noise = gaussian_filter(self.rng.normal(size=shape), 1.2)
        kind = self.one_of(tuple(RANGES))
        low, high = RANGES[kind]
        values = (low + (high - low) * (noise - noise.min()) / np.ptp(noise)).astype(kind)
        centre, radius = self.rng.uniform(0.25, 0.75, 3) * shape, self.rng.uniform(0.12, 0.5, 3) * shape + 1.5
        away = sum(((place - c) / r) ** 2 for place, c, r in zip(np.indices(shape), centre, radius, strict=True))
        region = away + 0.3 * self.rng.normal(size=shape) < 1
        middle = int(centre[0])
        if self.chance(0.15):
            region[:middle] = region[middle + 1 :] = False
        label = self.one_of((1, 1, 2, 255))
        mask = np.where(region, label, 7 * self.chance(0.4) * (noise > 0)).astype(np.uint8)
        if self.planar:
            values, mask = values[middle], mask[middle]
        return *self.placed(values, mask), label

    def placed(self, *arrays):
        """The arrays as images on one grid: anisotropic, off the origin, at times turned."""
        n_axes = arrays[0].ndim
        spacing, origin = np.round(self.rng.uniform(0.6, 3.2, n_axes), 3), self.rng.uniform(-200, 200, n_axes)
        turned = n_axes == 3 and self.chance(0.3)
        direction = np.linalg.qr(self.rng.normal(size=(3, 3)))[0] if turned else np.eye(n_axes)
        for array in arrays:
            image = sitk.GetImageFromArray(array)
            image.SetSpacing(spacing.tolist())
            image.SetOrigin(origin.tolist())
            image.SetDirection(direction.ravel().tolist())
            yield image

    def setting(self):
        n_axes, scale = self.image.GetDimension(), self.one_of((1.0, 50.0, 100.0))
        normal = self.chance(0.3)
        low, high = RANGES["u1"] if "8-bit" in self.image.GetPixelIDTypeAsString() else (0.0, 600.0)
        low, high = (-1.5 * scale, 1.5 * scale) if normal else (low + 30.0, high - 30.0)
        mode = self.one_of(("absolute", "relative", "sigma"))
        bounds = {"absolute": [low, high], "relative": [0.3, 0.95], "sigma": [-1.5, 2.0]}[mode]
        new_mm = [float(step) for step in np.round(self.rng.uniform(0.8, 3, n_axes), 2)]
        new_mm[0] *= not self.chance(0.2)
        drawn = {
            0.25: {"resampledPixelSpacing": new_mm, "interpolator": self.one_of(INTERPOLATORS)},
            0.26: {"resegmentRange": bounds[: self.one_of((1, 2, 2))], "resegmentMode": mode},
            0.31: {"resegmentShape": True},
            0.32: {"binCount": self.one_of((4, 8, 32))},
            0.33: {"padDistance": self.one_of((0, 1, 3, 10))},
            0.34: {"preCrop": True},
            0.35: {"distances": self.one_of(([1, 2], [1, 2, 3], [2], [3, 1]))},
            0.36: {"weightingNorm": self.one_of(("euclidean", "manhattan", "infinity", "no_weighting"))},
            0.21: {"symmetricalGLCM": False},
            0.28: {"gldm_a": self.one_of((1, 2, 3))},
            0.29: {"voxelArrayShift": self.one_of((100, 1000))},
            0.22: {"minimumROIDimensions": self.one_of((1, 2, 3))},
            0.20: {"correctMask": True, "geometryTolerance": 1e-4},
            0.27: {} if self.planar else {"force2D": True, "force2Ddimension": self.one_of((0, 1, 2))},
        }
        chosen = {"label": self.label, "binWidth": scale / 6 if normal else self.one_of((12.5, 25.0, 60.0))}
        if normal:
            chosen |= {"normalize": True, "normalizeScale": scale}
            chosen |= {"removeOutliers": self.one_of((1.0, 2.0, 3.0))} if self.chance(0.5) else {}
        for share, more in drawn.items():
            chosen |= more if self.chance(share) else {}
        return chosen

    def image_types(self):
        wavelet = {"wavelet": self.one_of(("haar", "coif1", "db4", "sym3", "bior2.2", "bior1.3", "rbio3.1"))}
        levels = {"level": self.one_of((1, 1, 2)), "start_level": self.one_of((0, 0, 1))}
        patterns = {"lbp2DRadius": self.one_of((1.0, 1.5)), "lbp2DMethod": self.one_of(("default", "ror", "uniform"))}
        types = {
            "Wavelet": wavelet | levels,
            "LoG": {"sigma": [self.one_of((1.0, 1.5)), self.one_of((2.0, 3.0, 4.5))]},
            "Square": {},
            "SquareRoot": {},
            "Logarithm": {},
            "Exponential": {},
            "Gradient": {"gradientUseSpacing": self.chance(0.5)},
            "LBP2D": patterns | {"binCount": 16},
        }
        chosen = {"Original": {}} if self.chance(0.8) else {}
        for name, own in types.items():
            if self.chance(0.25):
                chosen[name] = own | self.one_of(({}, {"binCount": 8}, {"distances": [2]}, {"voxelArrayShift": 200}))
        return chosen or {"Original": {}}


def features_or_refusal(*files, document, engine):
    """A dictionary, or None where the engine refuses the case."""
    try:
        return extract_features(*files, document, engine=engine)
    except CaseError:
        return None


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(N_DRAWN))
def test_drawn_settings_give_what_pyradiomics_gives_or_both_refuse(seed, tmp_path):
    pytest.importorskip("radiomics")
    draw = Draw(seed)
    files = [tmp_path / f"image{draw.ending}", tmp_path / f"mask{draw.ending}"]
    for image, file in zip((draw.image, draw.mask), files, strict=True):
        sitk.WriteImage(image, str(file), seed % 2 == 0)
    ours, theirs = (features_or_refusal(*files, document=draw.document, engine=e) for e in ("native", "pyradiomics"))
    assert (ours is None) == (theirs is None), draw.document
    assert disagreements(ours or {}, theirs or {}) == {}, draw.document


def test_the_draws_reach_what_they_are_meant_for():
    drawn = [Draw(seed) for seed in range(N_DRAWN)]
    keys = {key for draw in drawn for key in draw.document["setting"]}
    assert {"resampledPixelSpacing", "removeOutliers", "resegmentRange", "force2D", "preCrop", "weightingNorm"} <= keys
    assert len({name for draw in drawn for name in draw.document["imageType"]}) == 9
    assert any(draw.planar for draw in drawn)
    assert {draw.label for draw in drawn} == {1, 2, 255}
    assert {draw.ending for draw in drawn} == set(ENDINGS)
