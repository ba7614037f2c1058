"""The command ``fusionkit``."""

from .app import main

__all__ = ["main"]
