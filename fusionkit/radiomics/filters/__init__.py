"""The filters behind the image types: each gives, on the region's box, what filtering the whole image would give."""

__all__ = []
