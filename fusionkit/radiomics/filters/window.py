"""A window into an image: the region's box with as much around it as a filter needs, and the way back."""

__all__ = ["window"]


def window(box, shape, pads):
    """Return the box enlarged inside the image, and where the box lies in it.

    Parameters
    ----------
    box : tuple of slice
    shape : tuple of int
        The image's.
    pads : sequence of int
        Voxels to add on both sides of each axis, as far as the image reaches.

    Returns
    -------
    outer : tuple of slice
        The enlarged box.
    inner : tuple of slice
        The box's place in it.
    """
    outer = tuple(
        slice(max(side.start - pad, 0), min(side.stop + pad, length))
        for side, length, pad in zip(box, shape, pads, strict=True)
    )
    inner = tuple(
        slice(side.start - around.start, side.stop - around.start) for side, around in zip(box, outer, strict=True)
    )
    return outer, inner
