"""How kernels are compiled, and the word to the user when that happens."""

import logging

from numba import njit
from numba.core import event

__all__ = ["kernel"]

kernel = njit(cache=True, nogil=True, error_model="numpy")
"""Decorator of every kernel: kept on disk, free of the interpreter's lock, no checks for division by zero.

Kernels take plain loops and contiguous arrays of fixed types, so that each compiles once, and quickly."""


class _Announcement(event.Listener):
    """Says, once a process, that a kernel of ours is being compiled; loading one from disk goes unmentioned."""

    said = False

    def on_start(self, event):
        function = event.data["dispatcher"].py_func
        if not self.said and function.__module__.startswith("fusionkit.radiomics"):
            self.said = True
            logging.getLogger("fusionkit").warning(
                "compiling the radiomics kernels: about ten seconds, once per installation"
            )

    def on_end(self, event):
        """Nothing to say."""


event.register("numba:compile", _Announcement())
