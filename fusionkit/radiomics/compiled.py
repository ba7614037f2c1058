"""How kernels are compiled."""

from numba import njit

__all__ = ["kernel"]

kernel = njit(cache=True, nogil=True, error_model="numpy")
"""Decorator of every kernel: kept on disk, free of the interpreter's lock, no checks for division by zero.

Kernels take plain loops and contiguous arrays of fixed types, so that each compiles once, and quickly."""
