"""``python -m fusionkit`` is the command ``fusionkit``."""

from .cli import main

main()
