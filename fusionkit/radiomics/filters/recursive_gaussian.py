"""Laplacian of Gaussian by Deriche's recursive filter, with ITK's coefficients, boundaries and rounding.

R. Deriche, "Recursively implementing the Gaussian and its derivatives", INRIA research report 1893, 1993;
G. Farnebäck and C.-F. Westin, "Improving Deriche-style recursive Gaussian filters", J Math Imaging Vis 2006.
The series' constants, the order of the passes and the edges are those of ITK's LaplacianRecursiveGaussianImageFilter
(Apache License 2.0).
"""

import math

import numpy as np
from numba import njit

from .window import window

__all__ = ["gaussian_reach", "laplacian_of_gaussian"]

REACH = 15
"""Standard deviations after which the recursion has forgotten its start: exp(-1.37 * 15) is 1e-9, a fiftieth
of the rounding of the float32 that ITK keeps between its passes."""

_LANES = 32
"""Lines filtered side by side, so that the processor's vector units work on all of them at once."""

_FREQUENCY, _DECAY = (0.6681, 2.0787), (-1.3932, -1.3732)
_GAUSSIAN = (1.3530, 1.8151), (-0.3531, 0.0902)
_SECOND_DERIVATIVE = (-1.3563, 5.2318), (0.3446, -2.2355)
"""Deriche's series of two damped oscillations: their frequencies, decays, and amplitudes of cosine and sine."""


def gaussian_reach(sigma_mm, step_mm):
    """Return how many voxels around a box the filter needs.

    Parameters
    ----------
    sigma_mm : float
        The standard deviation of the Gaussian.
    step_mm : float
        The voxel's size along the axis.

    Returns
    -------
    reach : int
    """
    return int(np.ceil(REACH * sigma_mm / step_mm))


def laplacian_of_gaussian(image, box, spacing_mm, sigma_mm):
    """Return the scale-normalised Laplacian of Gaussian on a box of an image.

    Parameters
    ----------
    image : ndarray, shape (z, y, x)
        At least four voxels along each axis that is not of length 1; an axis of length 1 is not filtered.
    box : tuple of slice
        Where the result is wanted.
    spacing_mm : sequence of float
        The voxel's size along z, y and x.
    sigma_mm : float
        The standard deviation of the Gaussian.

    Returns
    -------
    filtered : ndarray of float32, shape of the box
        What ITK gives for the whole image; equal bit for bit unless the image reaches further from the box than
        :data:`REACH` standard deviations, when single values may differ in the last bit of a float32.
    """
    axes = [axis for axis in (2, 1, 0) if image.shape[axis] > 1]
    pads = [gaussian_reach(sigma_mm, step) for step in spacing_mm]
    outer, inner = window(box, image.shape, pads)
    lines = np.ascontiguousarray(image[outer], dtype=_working_type(image[outer]))
    total = np.zeros([side.stop - side.start for side in inner], np.float32)
    for derived in axes:
        response = lines
        for axis in [derived] + [other for other in axes if other != derived]:
            coefficients = _coefficients(sigma_mm, spacing_mm[axis], second=axis == derived)
            response = _filtered(response, axis, coefficients, inner[axis])
        weight = 1.0 / (spacing_mm[derived] * spacing_mm[derived])
        total = (total + response.astype(np.float64) * weight).astype(np.float32)
    return total


def _working_type(image):
    """float32 where it holds every value of the image, else float64; what ITK keeps between passes is float32."""
    return np.float32 if image.dtype == np.float32 or image.dtype.itemsize <= 2 else np.float64


def _coefficients(sigma_mm, step_mm, *, second):
    """The recursion's coefficients: n (causal), d (feedback), m (anticausal), and the boundaries' bn and bm."""
    scale = sigma_mm / step_mm
    sin = [math.sin(w / scale) for w in _FREQUENCY]
    cos = [math.cos(w / scale) for w in _FREQUENCY]
    exp = [math.exp(decay / scale) for decay in _DECAY]
    d = _feedback(cos, exp)
    sd, dd, ed = _moments((1.0, *d))
    n = _numerator(_GAUSSIAN, sin, cos, exp)
    sn, dn, en = _moments(n)
    if second:
        n2 = _numerator(_SECOND_DERIVATIVE, sin, cos, exp)
        sn2, dn2, en2 = _moments(n2)
        beta = -(2 * sn2 - sd * n2[0]) / (2 * sn - sd * n[0])
        n = [curved + beta * flat for curved, flat in zip(n2, n, strict=True)]
        sn, dn, en = sn2 + beta * sn, dn2 + beta * dn, en2 + beta * en
        alpha = en * sd * sd - ed * sn * sd - 2 * dn * dd * sd + 2 * dd * dd * sn
        gain = sigma_mm * sigma_mm / (alpha / (sd * sd * sd))
    else:
        gain = 1.0 / (2 * sn / sd - n[0])
    n = [value * gain for value in n]
    m = [n[1] - d[0] * n[0], n[2] - d[1] * n[0], n[3] - d[2] * n[0], -d[3] * n[0]]
    sn, sm = n[0] + n[1] + n[2] + n[3], m[0] + m[1] + m[2] + m[3]
    return np.array([n, d, m, [value * sn / sd for value in d], [value * sm / sd for value in d]])


def _feedback(cos, exp):
    d1 = -2 * (exp[1] * cos[1] + exp[0] * cos[0])
    d2 = 4 * cos[1] * cos[0] * exp[0] * exp[1] + (exp[0] * exp[0] + exp[1] * exp[1])
    d3 = -2 * cos[0] * exp[0] * exp[1] * exp[1] + -2 * cos[1] * exp[1] * exp[0] * exp[0]
    return d1, d2, d3, exp[0] * exp[0] * exp[1] * exp[1]


def _numerator(series, sin, cos, exp):
    (a1, b1), (a2, b2) = series
    n1 = exp[1] * (b2 * sin[1] - (a2 + 2 * a1) * cos[1]) + exp[0] * (b1 * sin[0] - (a1 + 2 * a2) * cos[0])
    n2 = ((a1 + a2) * cos[1] * cos[0] - (b1 * cos[1] * sin[0] + b2 * cos[0] * sin[1])) * (2 * exp[0] * exp[1])
    n2 += a2 * exp[0] * exp[0] + a1 * exp[1] * exp[1]
    n3 = exp[1] * exp[0] * exp[0] * (b2 * sin[1] - a2 * cos[1])
    n3 += exp[0] * exp[1] * exp[1] * (b1 * sin[0] - a1 * cos[0])
    return [a1 + a2, n1, n2, n3]


def _moments(series):
    """Sum, first and second moment of a series of coefficients over their position."""
    total = weighted = squared = 0.0
    for position, value in enumerate(series):
        total += value
        weighted += position * value
        squared += position * position * value
    return total, weighted, squared


def _filtered(lines, axis, coefficients, keep):
    """The lines along an axis filtered over their full length, of which only the part in `keep` is returned."""
    length = lines.shape[axis]
    stride = math.prod(lines.shape[axis + 1 :])
    shape = list(lines.shape)
    shape[axis] = keep.stop - keep.start
    out = np.empty(shape, np.float32)
    _filter_lines(lines.ravel(), out.ravel(), length, stride, keep.start, keep.stop, *coefficients)
    return out


@njit(cache=True, nogil=True)
def _filter_lines(lines, out, length, stride, start, stop, n, d, m, bn, bm):
    """Filter each line forwards and backwards; before its ends a line goes on with its first and last value."""
    kept, count = stop - start, lines.size // length
    data, causal, anticausal = np.empty((3, length, _LANES))
    n0, n1, n2, n3 = n[0], n[1], n[2], n[3]
    d0, d1, d2, d3 = d[0], d[1], d[2], d[3]
    m0, m1, m2, m3 = m[0], m[1], m[2], m[3]
    for first in range(0, count, _LANES):
        lanes = min(_LANES, count - first)
        # neighbouring lines lie side by side in memory, unless the axis is the last, or its end cuts the group in two
        side_by_side = lanes == _LANES and first % stride + _LANES <= stride
        _gather(lines, data, first, lanes, length, stride, side_by_side)
        _filter_ends(data, causal, anticausal, length, n, d, m, bn, bm)
        for i in range(4, stop):
            for lane in range(_LANES):
                causal[i, lane] = (
                    data[i, lane] * n0
                    + data[i - 1, lane] * n1
                    + data[i - 2, lane] * n2
                    + data[i - 3, lane] * n3
                    - (
                        causal[i - 1, lane] * d0
                        + causal[i - 2, lane] * d1
                        + causal[i - 3, lane] * d2
                        + causal[i - 4, lane] * d3
                    )
                )
        for i in range(length - 5, start - 1, -1):
            for lane in range(_LANES):
                anticausal[i, lane] = (
                    data[i + 1, lane] * m0
                    + data[i + 2, lane] * m1
                    + data[i + 3, lane] * m2
                    + data[i + 4, lane] * m3
                    - (
                        anticausal[i + 1, lane] * d0
                        + anticausal[i + 2, lane] * d1
                        + anticausal[i + 3, lane] * d2
                        + anticausal[i + 4, lane] * d3
                    )
                )
        _scatter(causal[start:stop], anticausal[start:stop], out, first, lanes, kept, stride, side_by_side)


@njit(cache=True, nogil=True)
def _gather(lines, data, first, lanes, length, stride, side_by_side):
    """Copy some lines into the lanes; lanes without a line get the last one's values."""
    if side_by_side:
        base = first // stride * length * stride + first % stride
        for i in range(length):
            for lane in range(_LANES):
                data[i, lane] = lines[base + i * stride + lane]
        return
    for lane in range(_LANES):
        line = first + min(lane, lanes - 1)
        base = line // stride * length * stride + line % stride
        for i in range(length):
            data[i, lane] = lines[base + i * stride]


@njit(cache=True, nogil=True)
def _scatter(causal, anticausal, out, first, lanes, kept, stride, side_by_side):
    """Write the sum of both passes where the lines lie."""
    if side_by_side:
        base = first // stride * kept * stride + first % stride
        for i in range(kept):
            for lane in range(_LANES):
                out[base + i * stride + lane] = causal[i, lane] + anticausal[i, lane]
        return
    for lane in range(lanes):
        line = first + lane
        base = line // stride * kept * stride + line % stride
        for i in range(kept):
            out[base + i * stride] = causal[i, lane] + anticausal[i, lane]


@njit(cache=True, nogil=True)
def _filter_ends(data, causal, anticausal, length, n, d, m, bn, bm):
    """The first four values of each pass, where the recursion has no past of its own yet."""
    last = length - 1
    for k in range(min(4, length)):
        i = last - k
        for lane in range(_LANES):
            edge = data[0, lane]
            a = data[k - 1, lane] if k > 0 else edge
            b = data[k - 2, lane] if k > 1 else edge
            c = data[k - 3, lane] if k > 2 else edge
            forward = data[k, lane] * n[0] + a * n[1] + b * n[2] + c * n[3]
            p = causal[k - 1, lane] * d[0] if k > 0 else edge * bn[0]
            q = causal[k - 2, lane] * d[1] if k > 1 else edge * bn[1]
            r = causal[k - 3, lane] * d[2] if k > 2 else edge * bn[2]
            causal[k, lane] = forward - (p + q + r + edge * bn[3])
            edge = data[last, lane]
            a = data[i + 1, lane] if k > 0 else edge
            b = data[i + 2, lane] if k > 1 else edge
            c = data[i + 3, lane] if k > 2 else edge
            backward = a * m[0] + b * m[1] + c * m[2] + edge * m[3]
            p = anticausal[i + 1, lane] * d[0] if k > 0 else edge * bm[0]
            q = anticausal[i + 2, lane] * d[1] if k > 1 else edge * bm[1]
            r = anticausal[i + 3, lane] * d[2] if k > 2 else edge * bm[2]
            anticausal[i, lane] = backward - (p + q + r + edge * bm[3])
