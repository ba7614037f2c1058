"""The volumes: a lesion in one piece, a texture that follows its latent variable, two scanners."""

import numpy as np
import pytest
from scipy import ndimage
from scipy.stats import spearmanr
from sklearn.utils import check_random_state

from fusionkit.datasets.ct import SCANNERS, make_ct


def lesion_values(texture, site, seed):
    image, mask = make_ct(texture, SCANNERS[site], check_random_state(seed))
    return image[mask == 1].astype(float)


@pytest.mark.parametrize("site", ["A", "B"])
@pytest.mark.parametrize("seed", range(25))
def test_lesion_is_one_piece_inside_the_volume(site, seed):
    image, mask = make_ct(0.0, SCANNERS[site], check_random_state(seed))
    assert image.shape == mask.shape == (20, 36, 36)
    assert (image.dtype, mask.dtype) == (np.int16, np.uint8)
    assert set(np.unique(mask)) == {0, 1}
    assert ndimage.label(mask)[1] == 1
    assert mask.sum() > 150
    shell = np.ones_like(mask)
    shell[1:-1, 1:-1, 1:-1] = 0
    assert not (mask & shell).any()


def test_lesions_are_not_ellipsoids_and_differ_in_size():
    volumes, filled = [], []
    for seed in range(25):
        _, mask = make_ct(0.0, SCANNERS["A"], check_random_state(seed))
        extent = np.prod([np.ptp(axis) + 1 for axis in np.nonzero(mask)])
        volumes.append(mask.sum())
        filled.append(mask.sum() / extent)
    assert max(volumes) > 2.5 * min(volumes)
    assert np.std(filled) > 0.02


@pytest.mark.parametrize("site", ["A", "B"])
def test_heterogeneity_of_a_lesion_follows_its_texture(site):
    texture = np.linspace(-2, 2, 41)
    spread = [lesion_values(t, site, seed).std() for seed, t in enumerate(texture)]
    assert spearmanr(texture, spread)[0] > 0.9
    assert spread[20] == pytest.approx(22, rel=0.35)


def test_neighbours_resemble_each_other_more_where_texture_is_high():
    def correlation(texture, seed):
        image, mask = make_ct(texture, SCANNERS["A"], check_random_state(seed))
        pair = (mask[:, :, 1:] & mask[:, :, :-1]) == 1
        return np.corrcoef(image[:, :, 1:][pair], image[:, :, :-1][pair])[0, 1]

    low, high = ([correlation(texture, seed) for seed in range(15)] for texture in (-1.5, 1.5))
    assert np.mean(high) > np.mean(low) + 0.2


def test_mean_density_and_shape_do_not_depend_on_texture():
    for seed in range(5):
        low, high = lesion_values(-1.5, "A", seed), lesion_values(1.5, "A", seed)
        assert low.size == high.size
        assert abs(low.mean() - high.mean()) < 6


def test_scanners_leave_their_noise_on_the_background():
    def noise(site):
        steps = []
        for seed in range(5):
            image, mask = make_ct(0.0, SCANNERS[site], check_random_state(seed))
            tissue = ndimage.binary_erosion((mask == 0) & (image > -20), iterations=2)
            pair = tissue[1:] & tissue[:-1]
            steps.append(np.diff(image.astype(float), axis=0)[pair].std() / np.sqrt(2))
        return np.mean(steps)

    assert noise("B") > noise("A") + 1.5
    assert noise("A") == pytest.approx(SCANNERS["A"].noise_hu, rel=0.25)
    assert noise("B") == pytest.approx(SCANNERS["B"].noise_hu, rel=0.25)


def test_lesion_lies_in_soft_tissue():
    image, mask = make_ct(0.0, SCANNERS["A"], check_random_state(0))
    assert 50 < image[mask == 1].mean() < 100
    assert np.median(image[mask == 0]) == pytest.approx(45, abs=15)
    assert image.min() < -80
