"""Speech models that are not part of the program: which there are, which are installed, and fetching them.

Nothing here is asked during a call; what is missing is a sentence, never an exception.
"""

from __future__ import annotations

from .catalogue import Model, catalogue, chosen, installed, missing
from .install import download, install_from

__all__ = ["Model", "catalogue", "chosen", "download", "install_from", "installed", "missing"]
